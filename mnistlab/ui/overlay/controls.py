"""The controls of a comparison's chart."""

from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

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


def show_controls(owner: str, measure: Measure) -> ChartOptions:
    """Show all controls and return their values.

    Args:
        owner: The start of the controls' keys.
        measure: The default metric.
    """
    with _in_a_row():
        measure, axis = _measure(owner, measure), _axis(owner)
        return ChartOptions(measure, axis, _closer(owner, measure), _has_training(owner))


def show_few_controls(owner: str, measure: Measure, axis: Axis) -> ChartOptions:
    """Show the controls that fit a narrow chart, whose x-axis is given."""
    with _in_a_row():
        measure = _measure(owner, measure)
        return ChartOptions(measure, axis, _closer(owner, measure), _has_training(owner))


def _in_a_row() -> DeltaGenerator:
    return st.container(horizontal=True, vertical_alignment="bottom", gap="medium")


def _has_training(owner: str) -> bool:
    return st.toggle("Training curves", True, key=f"{owner}_training", persist_state="session")


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
