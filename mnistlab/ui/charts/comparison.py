"""The compared runs' curves as one chart.

The spec identifies lines by number, not by name, so that the same chart stays in the page
whichever runs are chosen.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import altair as alt
import numpy as np
import pyarrow as pa

from mnistlab.core.analysis.curves import Axis, Curve, Split
from mnistlab.core.training.history import Measure
from mnistlab.ui.charts import toolkit
from mnistlab.ui.charts.palette import LINE_STYLES, MOST_LINES

HEIGHT = 380
_MOST_MARKS = 8

_COLUMNS = pa.schema(
    {
        "line": pa.string(),
        "name": pa.string(),
        "split": pa.string(),
        "x": pa.float64(),
        "mean": pa.float64(),
        "low": pa.float64(),
        "high": pa.float64(),
        "floor": pa.float64(),
        "runs": pa.int64(),
        "marked": pa.bool_(),
    }
)


@dataclass(frozen=True)
class Line:
    """A curve to draw.

    Attributes:
        number: The index of its `LINE_STYLES`.
        name: Its name in the tooltip.
        split: The images it was measured on.
        curve: Its points.
    """

    number: int
    name: str
    split: Split
    curve: Curve


def chart_data(lines: Sequence[Line]) -> pa.Table:
    """Return one row for each point of the lines; later lines are drawn on top."""
    return pa.concat_tables([_COLUMNS.empty_table(), *map(_rows, lines)]).combine_chunks()


def _rows(line: Line) -> pa.Table:
    count = len(line.curve)
    columns = {
        "line": [str(line.number)] * count,
        "name": [line.name] * count,
        "split": [str(line.split)] * count,
        "x": line.curve.x,
        "mean": line.curve.mean,
        "low": line.curve.low,
        "high": line.curve.high,
        # A logarithmic scale has no zero.
        "floor": [low if low > 0 else None for low in line.curve.low.tolist()],
        "runs": line.curve.runs,
        "marked": _marked(line),
    }
    return pa.table(columns, schema=_COLUMNS)


def _marked(line: Line) -> list[bool]:
    """Choose the points with a mark: the last, and of validation a few more."""
    count = len(line.curve)
    marked = np.zeros(count, dtype=bool)
    if line.split is Split.VALIDATION:
        # A power of two, so that marks stay in place while the line grows.
        apart = 2 ** max(0, math.ceil(math.log2(count / _MOST_MARKS)))
        # An offset by line, so that lines which coincide show marks at different points.
        marked[line.number % apart :: apart] = True
    marked[-1:] = True
    found: list[bool] = marked.tolist()
    return found


@toolkit.build_once
def chart_spec(measure: Measure, axis: Axis, end: int | None, closer: bool) -> toolkit.Spec:
    """Return the chart of one measure.

    Args:
        measure: On the y-axis.
        axis: On the x-axis.
        end: The end of the x-axis; None to follow the data.
        closer: Whether small differences are enlarged: loss on a logarithmic scale,
            accuracy from 90% upwards.
    """
    write = toolkit.written_loss if measure is Measure.LOSS else toolkit.written_share
    upwards = _loss_axis(closer) if measure is Measure.LOSS else _accuracy_axis(closer)
    base = (
        toolkit.rows()
        .transform_calculate(value=write("mean"), range=_range(write))
        .encode(x=toolkit.count_axis("x", _TITLES[axis], end), y=upwards("mean"), color=_color())
    )
    in_sight = base
    if measure is Measure.ACCURACY:
        # Points are not clipped, so that the last one keeps its whole mark.
        in_sight = base.transform_filter(alt.datum.mean >= _lowest_accuracy(closer))
    elif closer:
        base = in_sight = base.transform_filter(alt.datum.low > 0)
    layers = [_band(base, upwards("low")), *_lines(base), *_points(in_sight, measure, axis)]
    return toolkit.to_spec(layers, HEIGHT)


_TITLES = {Axis.EPOCH: "Epoch", Axis.STEP: "Step", Axis.SECONDS: "Training time (s)"}


def _accuracy_axis(closer: bool) -> Callable[[str], alt.Y]:
    scale = alt.Scale(domain=[_lowest_accuracy(closer), 1])
    return lambda field: toolkit.value_axis(field, scale, "%", tickCount=6)


def _lowest_accuracy(closer: bool) -> float:
    return 0.9 if closer else 0.0


def _loss_axis(closer: bool) -> Callable[[str], alt.Y]:
    top = toolkit.highest("high", otherwise=2.5)
    if not closer:
        scale = alt.Scale(domain=[0, top], nice=True)
        return lambda field: toolkit.value_axis(field, scale, "~g", tickCount=6)
    scale = alt.Scale(domain=[toolkit.lowest("floor"), top], type="log", nice=False)
    few = {
        "labelExpr": f"{_IS_ROUND} ? ({toolkit.TICK_LABEL}) : ''",
        "gridOpacity": alt.condition(_IS_ROUND, alt.value(1), alt.value(0)),
    }
    return lambda field: toolkit.value_axis(field, scale, "~g", tickCount=6, **few)


_IS_ROUND = (
    "indexof([1, 2, 5], round(datum.value / pow(10, floor(log(datum.value) / LN10 + 1e-9)))) >= 0"
)
"""Of the nine ticks for each power of ten, only 1, 2 and 5 have a label."""


def _by_line(values: list[str]) -> alt.Scale:
    return alt.Scale(domain=[str(number) for number in range(MOST_LINES)], range=values)


def _color() -> alt.Color:
    return alt.Color("line:N", scale=_by_line([style.colour for style in LINE_STYLES]), legend=None)


def _range(write: toolkit.Write) -> str:
    low, high = write("low"), write("high")
    return f"datum.runs > 1 ? {low} + '–' + {high} + ', ' + datum.runs + ' seeds' : 'one run'"


def _band(base: alt.Chart, low: alt.Y) -> alt.Chart:
    # Validation only, since noisy training bands would hide the lines.
    several = (alt.datum.runs > 1) & (alt.datum.split == Split.VALIDATION.value)
    band: alt.Chart = base.transform_filter(several).mark_area(clip=True, opacity=0.22)
    return band.encode(y=low, y2="high:Q")


def _lines(base: alt.Chart) -> list[alt.Chart]:
    training = base.transform_filter(alt.datum.split == Split.TRAINING.value)
    validation = base.transform_filter(alt.datum.split == Split.VALIDATION.value)
    return [
        training.mark_line(strokeWidth=1, strokeDash=[4, 3], clip=True),
        validation.mark_line(strokeWidth=2.2, clip=True),
    ]


def _points(base: alt.Chart, measure: Measure, axis: Axis) -> list[alt.Chart]:
    near = toolkit.nearest("near", ["x", "line", "split"])
    shape = alt.Shape("line:N", scale=_by_line([style.shape for style in LINE_STYLES]), legend=None)
    fill = alt.Fill("line:N", scale=_by_line([style.fill for style in LINE_STYLES]), legend=None)
    tooltip = [
        alt.Tooltip("name:N", title="Run"),
        alt.Tooltip("split:N", title="Images"),
        alt.Tooltip("x:Q", title=_TITLES[axis], format=_TOOLTIP_FORMATS[axis]),
        alt.Tooltip("value:N", title=measure.capitalize()),
        alt.Tooltip("range:N", title="Range"),
    ]
    return [
        base.transform_filter(alt.datum.marked)
        .mark_point(size=60, strokeWidth=1.5, opacity=1)
        .encode(shape=shape, fill=fill),
        base.transform_filter(near).mark_point(size=260, strokeWidth=1.5, opacity=1),
        toolkit.hover_layer(base, near, tooltip),
    ]


_TOOLTIP_FORMATS = {Axis.EPOCH: ".2f", Axis.STEP: ",d", Axis.SECONDS: ".1f"}
