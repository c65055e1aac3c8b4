"""How the visitor wants to see a comparison."""

from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mnistlab.core.analysis.curves import Axis
from mnistlab.core.training.history import Measure


@dataclass(frozen=True)
class ChartOptions:
    """What the chart is to show.

    Attributes:
        measure: Upwards.
        axis: Sideways.
        closer: Whether small differences are made large.
        has_training: Whether the training curves are there too.
    """

    measure: Measure
    axis: Axis
    closer: bool
    has_training: bool


def show_controls(owner: str, measure: Measure) -> ChartOptions:
    """Show all controls and return what they are set to.

    Args:
        owner: Whose they are; each has its own.
        measure: What is shown at first.
    """
    with _in_a_row():
        measure, axis = _measure(owner, measure), _axis(owner)
        return ChartOptions(measure, axis, _closer(owner, measure), _has_training(owner))


def show_few_controls(owner: str, measure: Measure, axis: Axis) -> ChartOptions:
    """Show those controls that a narrow chart has room for, along an axis that is given."""
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
