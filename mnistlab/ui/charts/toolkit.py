"""What all charts share: axes, what a pointer finds, and the way from Altair to the page.

A spec is built once with Altair and never changes while a run goes on: Streamlit then
swaps the data into the chart that is there, where a changed spec would draw a new one.
Building one takes 0.15 s of the server, sending data to it 0.24 ms. Streamlit's cache
lets one visitor build while the others wait for the same spec: when a class of 29 pressed
Train together, each building its own, the page took eight to ten seconds to come.
"""

from collections.abc import Callable, Sequence
from typing import Any

import altair as alt
import pandas as pd
import pyarrow as pa
import streamlit as st

from mnistlab.ui.charts.palette import QUIET

Spec = dict[str, Any]
"""Vega-Lite's JSON, which Streamlit takes as it is."""

Write = Callable[[str], str]
"""From a field's name to Vega's expression for it as text."""

build_once = st.cache_resource(show_spinner=False)
"""Decorates a function that returns a spec: one for all visitors."""

HEIGHT = 260
MOST_ROWS = 1_900
"""Above 2,000 rows Streamlit draws in another way, and so draws the chart anew."""

TOP_TO_BOTTOM = {"y": alt.value(0), "y2": alt.value("height")}

_ROWS = "rows"


def rows() -> alt.Chart:
    """Return a chart of the rows that `draw` brings."""
    return alt.Chart(pd.DataFrame())


def to_spec(layers: Sequence[alt.Chart], height: int = HEIGHT, **properties: Any) -> Spec:
    """Return layers over each other, as wide as there is room, as a spec without data."""
    chart = alt.layer(*layers).properties(height=height, width="container", **properties)
    spec = chart.to_dict()
    spec.pop("datasets", None)
    for layer in spec["layer"]:
        layer.pop("data", None)
    return {**spec, "data": {"name": _ROWS}}


def draw(data: pa.Table | pd.DataFrame, spec: Spec, **options: Any) -> None:
    """Show a chart.

    Args:
        data: What its layers draw.
        spec: As from `to_spec`.
        options: Of `st.vega_lite_chart`.
    """
    # Rows with a name are there when the chart is first drawn (Streamlit 1.67); without one it
    # is first drawn empty, and Vega warns of axes that have no end.
    st.vega_lite_chart(None, {**spec, "datasets": {_ROWS: data}}, **options)


def epoch_axis(epochs: int) -> alt.X:
    """Return the way sideways of a chart by epoch, which ends where the run will."""
    return count_axis("epoch", "Epoch", epochs)


def count_axis(field: str, title: str, end: int | None) -> alt.X:
    """Return a way sideways in whole numbers, to `end` or, if None, to the last row."""
    last = highest(field) if end is None else end
    most = 8 if end is None else min(end, 8)
    return alt.X(
        f"{field}:Q",
        title=title,
        scale=alt.Scale(domain=[0, last], nice=end is None),
        axis=alt.Axis(grid=False, tickMinStep=1, format=",d", tickCount=most),
    )


def value_axis(field: str, scale: alt.Scale, number: str, **axis: Any) -> alt.Y:
    """Return a way upwards, whose numbers are written in d3's format `number`."""
    # A fixed margin: longer numbers must not push the plot aside.
    fixed = {"tickCount": 5, "minExtent": 40, "maxExtent": 40, "labelExpr": TICK_LABEL, **axis}
    return alt.Y(f"{field}:Q", title=None, scale=scale, axis=alt.Axis(format=number, **fixed))


def written_loss(field: str) -> str:
    """Return Vega's expression for a loss as text, a huge or tiny one as a power of ten."""
    return written_number(field, ".4f")


def written_number(field: str, number: str) -> str:
    """Return Vega's expression for a number in d3's format, or as a power of ten if need be."""
    value = f"datum.{field}"
    return f"({_is_beyond(value)} ? {_power_of_ten(value, '.1e')} : format({value}, '{number}'))"


def _is_beyond(value: str) -> str:
    return f"(abs({value}) >= 1e6 || ({value} != 0 && abs({value}) < 1e-4))"


def _power_of_ten(value: str, number: str) -> str:
    """Return Vega's expression for a number such as 1.5 × 10³⁴, from d3's `1.5e+34`."""
    parts = f"split(format({value}, '{number}'), 'e')"
    power = f"replace({parts}[1], '+', '')"
    for digit, superscript in zip("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹", strict=True):
        power = f"replace({power}, regexp('{digit}', 'g'), '{superscript}')"
    return f"{parts}[0] + ' × 10' + {power}"


TICK_LABEL = (
    f"datum.label && {_is_beyond('datum.value')} "
    f"? replace({_power_of_ten('datum.value', '~e')}, regexp('^1 × '), '') : datum.label"
)
"""Vega's expression for an axis's number; it leaves empty what Vega leaves empty."""


def written_share(field: str) -> str:
    """Return Vega's expression for a share as text, in percent."""
    return f"format(datum.{field}, '.2%')"


def highest(field: str, otherwise: float = 1) -> alt.ExprRef:
    """Return where an axis ends: at the highest number of all rows, if there are any.

    Left to itself Vega would ask each layer for its own rows, and warn where it has none.
    """
    return alt.ExprRef(f"extent(pluck(data('{_ROWS}'), '{field}'))[1] || {otherwise}")


def lowest(field: str, otherwise: float = 0.1) -> alt.ExprRef:
    """Return where a logarithmic axis begins: at the lowest number of all rows."""
    return alt.ExprRef(f"extent(pluck(data('{_ROWS}'), '{field}'))[0] || {otherwise}")


def nearest(name: str, fields: Sequence[str]) -> alt.Parameter:
    """Return the selection of the row that is nearest to the pointer."""
    return alt.selection_point(
        name=name, on="pointerover", nearest=True, fields=[*fields], empty=False
    )


def hover_layer(
    points: alt.Chart, near: alt.Parameter, tooltip: Sequence[alt.Tooltip]
) -> alt.Chart:
    """Return unseen points, larger than those that are drawn, which tell their numbers."""
    layer: alt.Chart = points.mark_point(size=200, opacity=0).encode(tooltip=[*tooltip])
    return layer.add_params(near)


def hover_rule(points: alt.Chart, near: alt.Parameter) -> alt.Chart:
    """Return a line from top to bottom through what is pointed at."""
    rule = points.mark_rule(strokeWidth=1, opacity=0.4).transform_filter(near)
    layer: alt.Chart = rule.encode(color=alt.value(QUIET), **TOP_TO_BOTTOM)
    return layer
