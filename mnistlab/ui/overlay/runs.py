"""The chart of several runs, as they are now."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
import streamlit as st

from mnistlab.core.analysis.comparison import Group
from mnistlab.core.analysis.curves import Axis, Split, curve, thin_out
from mnistlab.ui.charts.comparison import Line, chart_data, chart_spec
from mnistlab.ui.charts.toolkit import MOST_ROWS, draw
from mnistlab.ui.live.snapshot import RunSnapshot
from mnistlab.ui.overlay.controls import ChartOptions
from mnistlab.ui.overlay.table import Label


@dataclass(frozen=True)
class PlottedGroup:
    """A group with its line style and label.

    Attributes:
        group: The runs of one line.
        number: The index of its `LINE_STYLES`.
        label: Its label.
    """

    group: Group
    number: int
    label: Label


def show_chart(
    entries: Sequence[RunSnapshot], plots: Sequence[PlottedGroup], options: ChartOptions
) -> None:
    """Draw the groups' curves; the first, which has the accent, on top."""
    with st.container(key="comparison_panel"):
        draw(
            _data(plots, options),
            chart_spec(options.measure, options.axis, _end(entries, options.axis), options.closer),
            key="comparison_chart",
            alt=f"{options.measure.capitalize()} of the compared runs by {options.axis}",
        )


def _data(plots: Sequence[PlottedGroup], options: ChartOptions) -> pa.Table:
    splits = [*Split] if options.has_training else [Split.VALIDATION]
    most = MOST_ROWS // (len(plots) * len(splits))
    return chart_data(
        [
            Line(plot.number, plot.label.name, split, thin_out(whole, most))
            for plot in reversed(plots)
            for split in splits
            if len(whole := curve(plot.group, split, options.measure, options.axis))
        ]
    )


def _end(entries: Sequence[RunSnapshot], axis: Axis) -> int | None:
    """Return the end of the axis, fixed while runs train; None for seconds."""
    if axis is Axis.SECONDS:
        return None
    is_by_step = axis is Axis.STEP
    return max(
        _last_epoch(entry) * (entry.config.steps_per_epoch if is_by_step else 1)
        for entry in entries
    )


def _last_epoch(entry: RunSnapshot) -> int:
    trained = math.ceil(entry.history.epochs_trained)
    return entry.config.epochs if entry.status.is_active else max(trained, 1)
