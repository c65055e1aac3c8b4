"""The controls of a comparison's chart."""

from dataclasses import dataclass

import streamlit as st

from mnistlab.core.analysis.curves import Axis
from mnistlab.core.training.history import Measure

_FEW_LINES = 2
"""With more lines, training curves would hide what is compared: they are off at first."""

_AXES = {Axis.EPOCH: "Epoch", Axis.STEP: "Step", Axis.SECONDS: "Time", Axis.SHARE: "Share of run"}


@dataclass(frozen=True)
class ChartOptions:
    """The settings of the chart.

    Attributes:
        measure: On the y-axis.
        axis: On the x-axis.
        whole: Whether the y-axis has all values, also those before the first epoch; losses are
            then on a logarithmic scale.
        has_training: Whether training curves are shown too.
    """

    measure: Measure
    axis: Axis
    whole: bool
    has_training: bool


def choose_measure(owner: str, first: Measure) -> Measure:
    """Show the choice of the y-axis; `owner` is the start of the control's key."""
    chosen = st.segmented_control(
        "Metric",
        [Measure.ACCURACY, Measure.LOSS],
        default=first,
        required=True,
        format_func=str.capitalize,
        key=f"{owner}_measure",
        persist_state="session",
        label_visibility="collapsed",
    )
    return Measure(chosen)


def choose_axis(owner: str) -> Axis:
    """Show the choice of the x-axis."""
    chosen = st.segmented_control(
        "X-axis",
        [*Axis],
        default=Axis.EPOCH,
        required=True,
        format_func=_AXES.__getitem__,
        key=f"{owner}_axis",
        persist_state="session",
        label_visibility="collapsed",
    )
    return Axis(chosen)


def choose_options(owner: str, measure: Measure, axis: Axis, lines: int) -> ChartOptions:
    """Show the switches of a chart with that many lines; return all its settings."""
    few = lines <= _FEW_LINES
    key = f"{owner}_training" if few else f"{owner}_training_of_many"
    has_training = st.toggle("Training curves", few, key=key, persist_state="session")
    whole = st.toggle("Whole range", key=f"{owner}_whole", persist_state="session")
    return ChartOptions(measure, axis, whole, has_training)
