"""What all charts share: style, axes, colours, tooltips, and the conversion from Altair.

A spec is built once with Altair and never changes while a run trains, so that Streamlit replaces
only the chart's data. Building one takes 0.15 s, sending data 0.24 ms. Streamlit's cache builds
each spec once for all visitors: with 29 visitors building their own at the same time, a page
takes eight to ten seconds.
"""

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd
import pyarrow as pa
import streamlit as st

from mnistlab.ui.charts.palette import LIGHT, QUIET

Spec = dict[str, Any]
"""Vega-Lite's JSON."""

build_once = st.cache_resource(show_spinner=False)
"""Decorates a function that returns a spec, so that all visitors share it."""

HEIGHT = 240
MOST_ROWS = 1_900
"""Above 2,000 rows Streamlit switches the renderer and so replaces the chart."""

TOP_TO_BOTTOM = {"y": alt.value(0), "y2": alt.value("height")}
TEXT = "currentColor"
"""The colour of text, which the page's style gives in light and dark."""

_ROWS = "rows"
_COLOURS = alt.Scale(domain=[str(number) for number in range(len(LIGHT))])
"""Without a range of its own a scale has the theme's colours."""

_STYLE = {
    # A chart's `alt` says what it shows; Vega would have each axis read out, and each mark.
    "aria": False,
    "view": {"stroke": None},
    "axis": {
        "labelColor": TEXT,
        "labelFontSize": 12,
        "labelPadding": 3,
        "titleColor": TEXT,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "gridColor": TEXT,
        "gridOpacity": 0.16,
        "ticks": False,
        "domain": False,
    },
    "axisX": {"domain": True, "domainColor": TEXT, "domainOpacity": 0.5, "labelFlush": True},
    "text": {"fontSize": 12, "fill": TEXT},
}


def rows() -> alt.Chart:
    """Return a chart of the rows that `draw` passes."""
    return alt.Chart(pd.DataFrame())


def to_spec(layers: Sequence[alt.Chart], height: int = HEIGHT, **properties: Any) -> Spec:
    """Return layers over each other, as wide as their container, as a spec without data."""
    chart = alt.layer(_all_colours(), *layers)
    spec = chart.properties(height=height, width="container", **properties).to_dict()
    spec.pop("datasets", None)
    for layer in spec["layer"]:
        layer.pop("data", None)
        layer["mark"]["aria"] = False
    padding = {"left": 0, "top": 10, "right": 8, "bottom": 4}
    return {"padding": padding, **spec, "config": _STYLE, "data": {"name": _ROWS}}


def _all_colours() -> alt.Chart:
    """Return a layer without marks, from which the others have the scale of colours."""
    nothing: alt.Chart = rows().transform_filter("false").mark_point()
    return nothing.encode(color=colour_by("kind"))


def draw(data: pa.Table | pd.DataFrame, spec: Spec, key: str, **options: Any) -> None:
    """Show a chart.

    Args:
        data: What its layers draw.
        spec: As from `to_spec`.
        key: Of the chart.
        options: Of `st.vega_lite_chart`; a height other than the spec's is among them.
    """
    # The container's style gives the chart's text its colour, and its height is there at once.
    with st.container(key=f"plot_{key}"):
        # Named data are in the chart's first rendering (Streamlit 1.67); unnamed data come later,
        # and Vega warns of axes without a domain.
        named = {**spec, "datasets": {_ROWS: data}}
        st.vega_lite_chart(None, named, key=key, **{"height": spec["height"], **options})


def colour(number: int) -> alt.ColorDatum:
    """Return the encoding that draws a layer in one of the theme's colours."""
    return alt.ColorDatum(str(number))


def colour_by(field: str) -> alt.Color:
    """Return the encoding that draws each row in the theme's colour that its field names."""
    return alt.Color(f"{field}:N", scale=_COLOURS, legend=None)


def count_axis(field: str, unit: str, end: int | None) -> alt.X:
    """Return an x-axis of whole numbers, whose last number has the unit.

    Args:
        field: On the axis.
        unit: In the plural, such as "epochs".
        end: The end of the axis; None to follow the rows.
    """
    if end is None:
        axis = alt.Axis(grid=False, tickCount=5, labelExpr=f"datum.label + ' {unit}'")
        return alt.X(f"{field}:Q", title=None, scale=_from_zero(highest(field)), axis=axis)
    unit = unit.removesuffix("s") if end == 1 else unit
    with_unit = f"datum.value == {end} ? datum.label + ' {unit}' : datum.label"
    axis = alt.Axis(
        grid=False,
        values=round_numbers(end, unit),
        format=",d",
        labelExpr=with_unit,
        labelOverlap=False,
    )
    return alt.X(f"{field}:Q", title=None, scale=_from_zero(end), axis=axis)


def _from_zero(end: alt.ExprRef | int) -> alt.Scale:
    return alt.Scale(domain=[0, end], nice=False)


_SHARE_OF_CHARACTER = 0.0245
"""Of a phone's axis: "12 epochs" at its end takes nine, and a number before it half of its own."""


def round_numbers(end: int, unit: str, most: int = 6) -> list[int]:
    """Return 0, a few round numbers and `end`, which keeps room for itself and its unit."""
    steps = (digit * 10**power for power in range(9) for digit in (1, 2, 5))
    step = next(step for step in steps if end / step <= most)

    def has_room(number: int) -> bool:
        characters = len(f"{end:,} {unit}") + 1 + len(f"{number:,}") / 2
        return end - number >= _SHARE_OF_CHARACTER * characters * end

    return [*filter(has_room, range(0, end, step)), end]


def value_axis(field: str, scale: alt.Scale, number: str, **axis: Any) -> alt.Y:
    """Return a y-axis with numbers in d3's format `number`."""
    # A fixed margin, so that longer numbers do not move the plot.
    fixed = {"tickCount": 4, "minExtent": 44, "maxExtent": 44, "labelExpr": TICK_LABEL, **axis}
    return alt.Y(f"{field}:Q", title=None, scale=scale, axis=alt.Axis(format=number, **fixed))


def range_axis(field: str, is_share: bool, is_logarithmic: bool) -> alt.Y:
    """Return a y-axis between the rows' `low` and `high`, which at least one row has."""
    ends = [lowest("low", 0.0), highest("high")]
    scale = alt.Scale(domain=ends, type="log" if is_logarithmic else "linear", nice=False)
    few = {"labelExpr": FEW_LABELS, "gridOpacity": _FEW_LINES} if is_logarithmic else {}
    return value_axis(field, scale, "%" if is_share else "~g", **few)


def _power_of_ten(value: str) -> str:
    """Return Vega's expression for a number such as 1.5 × 10³⁴, from d3's `1.5e+34`."""
    parts = f"split(format({value}, '~e'), 'e')"
    power = f"replace({parts}[1], '+', '')"
    for digit, superscript in zip("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹", strict=True):
        power = f"replace({power}, regexp('{digit}', 'g'), '{superscript}')"
    return f"{parts}[0] + ' × 10' + {power}"


_IS_BEYOND = "(abs(datum.value) >= 1e6 || (datum.value != 0 && abs(datum.value) < 1e-4))"
TICK_LABEL = (
    f"datum.label && {_IS_BEYOND} "
    f"? replace({_power_of_ten('datum.value')}, regexp('^1 × '), '') : datum.label"
)
"""Vega's expression for an axis's number; it leaves empty what Vega leaves empty."""

_IS_ROUND = (
    "indexof([1, 2, 5], round(datum.value / pow(10, floor(log(datum.value) / LN10 + 1e-9)))) >= 0"
)
FEW_LABELS = f"{_IS_ROUND} ? ({TICK_LABEL}) : ''"
"""Of the nine ticks for each power of ten of a logarithmic axis, only 1, 2 and 5 have a label."""

_FEW_LINES = alt.condition(_IS_ROUND, alt.value(0.16), alt.value(0))


def highest(field: str, otherwise: float = 1) -> alt.ExprRef:
    """Return the end of an axis: the highest value of all rows, if there are any.

    By default Vega uses each layer's own rows, and warns if a layer has none.
    """
    return alt.ExprRef(f"extent(pluck(data('{_ROWS}'), '{field}'))[1] || {otherwise}")


def lowest(field: str, otherwise: float = 0.1) -> alt.ExprRef:
    """Return the start of an axis: the lowest value of all rows."""
    return alt.ExprRef(f"extent(pluck(data('{_ROWS}'), '{field}'))[0] || {otherwise}")


def tooltip_layers(tips: alt.Chart, field: str, name: str) -> list[alt.Chart]:
    """Return one tooltip for all lines: a vertical rule at the nearest of the rows `tips`.

    Args:
        tips: Rows of x-positions, each with the lines of its tooltip in `text`.
        field: On the x-axis.
        name: Of the selection, unique in the chart.
    """
    near = alt.selection_point(
        name=name, on="pointerover", nearest=True, encodings=["x"], empty=False
    )
    targets: alt.Chart = tips.mark_point(size=400, opacity=0).encode(
        y=alt.value(alt.ExprRef("height / 2")), tooltip="text:N"
    )
    rule: alt.Chart = tips.mark_rule(strokeWidth=1, opacity=0.7).transform_filter(near)
    return [
        targets.add_params(near),
        rule.encode(x=f"{field}:Q", color=colour(QUIET), **TOP_TO_BOTTOM),
    ]
