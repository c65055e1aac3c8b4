"""The compared runs' curves as one chart, and the sign by which each is known.

The spec knows lines by number alone, never by name: it stays the same, and with it the
chart that is in the page, whatever runs are chosen and however far they are.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt
import numpy as np
import pandas as pd
import pyarrow as pa
import streamlit as st

from mnistlab.core.analysis.curves import Axis, Curve, Split
from mnistlab.core.training.history import Measure
from mnistlab.ui.charts import Spec, detach_data
from mnistlab.ui.comparison_signs import MOST_LINES, SIGNS

CHART_HEIGHT = 380
MOST_ROWS = 1_900
"""From 2,000 on Streamlit draws in another way."""

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
        "runs": pa.int64(),
        "marked": pa.bool_(),
    }
)


@dataclass(frozen=True)
class Line:
    """A curve to draw.

    Attributes:
        number: Which of `SIGNS` it has.
        name: What the tooltip calls it.
        split: On which images it was measured.
        curve: Its points.
    """

    number: int
    name: str
    split: Split
    curve: Curve


def chart_data(lines: Sequence[Line]) -> pa.Table:
    """Return one row for each point of the lines; what comes later is drawn on top."""
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
        "runs": line.curve.runs,
        "marked": _marked(line),
    }
    return pa.table(columns, schema=_COLUMNS)


def _marked(line: Line) -> list[bool]:
    """Tell which points have a mark: a few on the line and the last; of training the last."""
    count = len(line.curve)
    marked = np.zeros(count, dtype=bool)
    if line.split is Split.VALIDATION:
        # A power of two: marks stay where they are while the line grows.
        apart = 2 ** max(0, math.ceil(math.log2(count / _MOST_MARKS)))
        # Lines that lie on each other show their marks in turn.
        marked[line.number % apart :: apart] = True
    marked[-1:] = True
    found: list[bool] = marked.tolist()
    return found


@st.cache_resource(show_spinner=False)
def chart_spec(measure: Measure, axis: Axis, end: int | None, closer: bool) -> Spec:
    """Return the chart of one measure.

    Args:
        measure: What is drawn upwards.
        axis: What is drawn sideways.
        end: Where that ends; None to follow the data.
        closer: Whether small differences are made large: loss on a logarithmic scale,
            accuracy from 90 % upwards.
    """
    base = (
        alt.Chart(pd.DataFrame({"x": []}))
        .transform_calculate(value=_written("mean", measure), range=_written_range(measure))
        .encode(x=_sideways(axis, end), y=_upwards("mean", measure, closer), color=_color())
    )
    if measure is Measure.LOSS and closer:
        # A loss of zero has no place on a logarithmic scale.
        base = base.transform_filter(alt.datum.low > 0)
    low = _upwards("low", measure, closer)
    in_sight = base
    if measure is Measure.ACCURACY:
        # Points are not clipped, or the last would lose half its mark.
        in_sight = base.transform_filter(alt.datum.mean >= _lowest(closer))
    chart = alt.layer(_band(base, low), *_lines(base), *_points(in_sight, measure, axis))
    return detach_data(chart.properties(height=CHART_HEIGHT, width="container"))


def _sideways(axis: Axis, end: int | None) -> alt.X:
    scale = alt.Scale(zero=True) if end is None else alt.Scale(domain=[0, end], nice=False)
    most = 8 if end is None else min(end, 8)
    ticks = alt.Axis(grid=False, tickMinStep=1, format=",d", tickCount=most)
    return alt.X("x:Q", title=_AXES[axis], scale=scale, axis=ticks)


_AXES = {Axis.EPOCH: "Epoch", Axis.STEP: "Step", Axis.SECONDS: "Seconds of training"}


def _upwards(field: str, measure: Measure, closer: bool) -> alt.Y:
    if measure is Measure.ACCURACY:
        scale = alt.Scale(domain=[_lowest(closer), 1])
    elif closer:
        scale = alt.Scale(type="log", nice=False)
    else:
        scale = alt.Scale(zero=True, nice=True)
    is_log = measure is Measure.LOSS and closer
    axis = alt.Axis(
        format="%" if measure is Measure.ACCURACY else "~g",
        tickCount=6,
        # A fixed margin: longer numbers must not push the plot aside.
        minExtent=40,
        maxExtent=40,
        labelExpr=f"{_IS_ROUND} ? datum.label : ''" if is_log else "datum.label",
        gridOpacity=alt.condition(_IS_ROUND if is_log else "true", alt.value(1), alt.value(0)),
    )
    return alt.Y(f"{field}:Q", title=None, scale=scale, axis=axis)


def _lowest(closer: bool) -> float:
    return 0.9 if closer else 0.0


_IS_ROUND = (
    "indexof([1, 2, 5], round(datum.value / pow(10, floor(log(datum.value) / LN10 + 1e-9)))) >= 0"
)
"""Of 1 to 9 and so on, which Vega has on a logarithmic axis, three are enough."""


def _by_line(values: list[str]) -> alt.Scale:
    return alt.Scale(domain=[str(number) for number in range(MOST_LINES)], range=values)


def _color() -> alt.Color:
    return alt.Color("line:N", scale=_by_line([sign.colour for sign in SIGNS]), legend=None)


def _written(field: str, measure: Measure) -> str:
    """Return Vega's expression for a number in words."""
    if measure is Measure.LOSS:
        return f"format(datum.{field}, '.4f')"
    # Vega's own percent sign follows the number without a space.
    return f"format(100 * datum.{field}, '.2f') + ' %'"


def _written_range(measure: Measure) -> str:
    low, high = _written("low", measure), _written("high", measure)
    return f"datum.runs > 1 ? {low} + ' to ' + {high} + ', ' + datum.runs + ' seeds' : 'one run'"


def _band(base: alt.Chart, low: alt.Y) -> alt.Chart:
    # Of validation alone: noisy training bands would hide the lines.
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
    near = alt.selection_point(
        name="near", on="pointerover", nearest=True, fields=["x", "line", "split"], empty=False
    )
    shape = alt.Shape("line:N", scale=_by_line([sign.shape for sign in SIGNS]), legend=None)
    fill = alt.Fill("line:N", scale=_by_line([sign.fill for sign in SIGNS]), legend=None)
    tooltip = [
        alt.Tooltip("name:N", title="Run"),
        alt.Tooltip("split:N", title="Images"),
        alt.Tooltip("x:Q", title=_AXES[axis], format=_TOOLTIP_FORMATS[axis]),
        alt.Tooltip("value:N", title=measure.capitalize()),
        alt.Tooltip("range:N", title="Range"),
    ]
    return [
        base.transform_filter(alt.datum.marked)
        .mark_point(size=60, strokeWidth=1.5, opacity=1)
        .encode(shape=shape, fill=fill),
        base.transform_filter(near).mark_point(size=260, strokeWidth=1.5, opacity=1),
        base.mark_point(size=200, opacity=0).encode(tooltip=tooltip).add_params(near),
    ]


_TOOLTIP_FORMATS = {Axis.EPOCH: ".2f", Axis.STEP: ",d", Axis.SECONDS: ".1f"}
