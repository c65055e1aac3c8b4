"""The controls of a comparison's chart."""

from dataclasses import dataclass

import streamlit as st

from mnistlab.core.analysis.curves import Axis
from mnistlab.core.training.history import Measure


@dataclass(frozen=True)
class ChartOptions:
    """The settings of the chart.

    Attributes:
        measure: On the y-axis.
        axis: On the x-axis.
        closer: Whether small differences are enlarged.
        has_training: Whether training curves are shown too.
    """

    measure: Measure
    axis: Axis
    closer: bool
    has_training: bool


def show_controls(owner: str, measure: Measure, axis: Axis | None = None) -> ChartOptions:
    """Show the controls and return their values.

    Args:
        owner: The start of the controls' keys.
        measure: The default metric.
        axis: The x-axis, if there is no control for it.
    """
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        measure, axis = _measure(owner, measure), axis or _axis(owner)
        closer = _closer(owner, measure)
        key = f"{owner}_training"
        has_training = st.toggle("Training curves", True, key=key, persist_state="session")
        return ChartOptions(measure, axis, closer, has_training)


def _measure(owner: str, first: Measure) -> Measure:
    chosen = st.segmented_control(
        "Metric",
        [*Measure],
        default=first,
        required=True,
        format_func=str.capitalize,
        key=f"{owner}_measure",
        persist_state="session",
        help="Loss: how wrong the predictions are; lower is better. Accuracy: the share of "
        "correct predictions.",
    )
    return Measure(chosen)


def _axis(owner: str) -> Axis:
    chosen = st.segmented_control(
        "X-axis",
        [*Axis],
        default=Axis.EPOCH,
        required=True,
        format_func=str.capitalize,
        key=f"{owner}_axis",
        persist_state="session",
        help="Seconds compare runs after equal training time.",
    )
    return Axis(chosen)


def _closer(owner: str, measure: Measure) -> bool:
    if measure is Measure.ACCURACY:
        return st.toggle("90–100% only", key=f"{owner}_zoom", persist_state="session")
    return st.toggle(
        "Log scale",
        True,
        key=f"{owner}_log",
        persist_state="session",
        help="Makes small losses easier to compare.",
    )
