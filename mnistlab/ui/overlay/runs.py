"""The chart of several runs, as they are now."""

import operator
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import streamlit as st

from mnistlab.core.analysis.comparison import Group
from mnistlab.core.analysis.curves import Axis, Split, curve
from mnistlab.core.training.history import Measure
from mnistlab.ui.charts.comparison import Axes, Line, chart_data
from mnistlab.ui.charts.comparison_spec import AXIS_HEIGHT, Frame, chart_spec
from mnistlab.ui.charts.scales import ValueRange, first_settled, settled_range, whole_range
from mnistlab.ui.charts.toolkit import draw
from mnistlab.ui.components.ticker.ticker import MovingLine
from mnistlab.ui.overlay.controls import ChartOptions
from mnistlab.ui.overlay.table import Label

_KEY = "comparison_chart"


@dataclass(frozen=True)
class PlottedGroup:
    """A group with its label.

    Attributes:
        group: The runs of one line.
        label: Its name and line style.
        is_faint: Whether its line steps back behind another one.
    """

    group: Group
    label: Label
    is_faint: bool = False


def show_chart(plots: Sequence[PlottedGroup], options: ChartOptions, frame: Frame) -> None:
    """Draw the groups' curves; the first, which has the accent, on top."""
    is_loss = options.measure is Measure.LOSS
    axes = Axes(
        options.measure,
        options.axis,
        _limits([plot.group for plot in plots], options),
        is_logarithmic=options.whole and is_loss,
        height=AXIS_HEIGHT,
    )
    spec = chart_spec(options.measure, options.axis, frame, options.whole)
    lines = [_line(plot, options) for plot in reversed(plots)]
    with st.container(key="comparison_panel"):
        draw(
            chart_data(lines, axes),
            spec,
            key=_KEY,
            height="stretch",
            alt=_describe(plots, options),
        )


_BY = {Axis.EPOCH: "epoch", Axis.SHARE: "epoch", Axis.STEP: "step", Axis.SECONDS: "seconds"}


def moving_lines(plots: Sequence[PlottedGroup], options: ChartOptions) -> list[MovingLine]:
    """Return the lines of the chart that are of one run, which its points lengthen."""
    return [
        MovingLine(
            plot=_KEY,
            row={"kind": str(split), "line": str(plot.label.style.number)},
            field="x",
            run=plot.group.members[0].id,
            split=str(split),
            measure=options.measure,
            by=_BY[options.axis],
            per=100 / plot.group.config.epochs if options.axis is Axis.SHARE else 1.0,
        )
        for plot in plots
        if len(plot.group.members) == 1
        for split in _splits(options)
    ]


def _splits(options: ChartOptions) -> list[Split]:
    return [*Split] if options.has_training else [Split.VALIDATION]


def _line(plot: PlottedGroup, options: ChartOptions) -> Line:
    curves = {
        split: found
        for split in _splits(options)
        if len(found := curve(plot.group, split, options.measure, options.axis))
    }
    return Line(plot.label.style, plot.label.name, curves, plot.is_faint)


def _limits(groups: Sequence[Group], options: ChartOptions) -> ValueRange:
    """Return the ends of the y-axis, which follow what the lines have once they are settled."""
    values = [value for group in groups for value in _values(group, options)]
    return (whole_range if options.whole else settled_range)(options.measure, values)


def _values(group: Group, options: ChartOptions) -> Iterator[float]:
    validation = operator.attrgetter(f"validation_{options.measure}")
    training = operator.attrgetter(f"train_{options.measure}")
    for member in group.members:
        since = 0.0 if options.whole else first_settled(member.history.epochs_trained)
        read = [validation(point) for point in member.history.epochs if point.epoch >= since]
        if options.has_training:
            read += [training(point) for point in member.history.steps if point.epoch >= since]
        yield from (value for value in read if value is not None)


def _describe(plots: Sequence[PlottedGroup], options: ChartOptions) -> str:
    """Write what the chart shows, for screen readers."""
    names = ", ".join(plot.label.name for plot in plots) or "no runs yet"
    return f"{options.measure.capitalize()} on validation images by {options.axis}: {names}"
