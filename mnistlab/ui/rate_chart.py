"""The range test's chart: training loss by learning rate, with what it suggests.

One spec for all tests, so that the chart in the page is never drawn anew.
"""

import altair as alt
import pandas as pd
import pyarrow as pa
import streamlit as st

from mnistlab.core.analysis.range_test.suggestion import (
    HIGHEST_RATE,
    LOWEST_RATE,
    RangeCurve,
    Suggestion,
)
from mnistlab.ui.charts import ACCENT, QUIET, Spec, detach_data

CHART_HEIGHT = 320
_TOP = 3.5
"""In nats: one and a half times ln 10, the loss of guessing."""

_FROM_TOP_TO_BOTTOM = {"y": alt.value(0), "y2": alt.value("height")}

POINT, SUGGESTED, TOO_BIG = "point", "suggested", "too big"
_COLUMNS = pa.schema(
    {
        "kind": pa.string(),
        "rate": pa.float64(),
        "loss": pa.float64(),
        "smoothed": pa.float64(),
    }
)


def chart_data(curve: RangeCurve | None, suggestion: Suggestion | None) -> pa.Table:
    """Return a row for each point, one for the suggested rate, one for where it is too big."""
    tables = [_COLUMNS.empty_table()]
    if curve is not None:
        columns = {
            "kind": [POINT] * len(curve.rates),
            "rate": curve.rates,
            "loss": curve.losses,
            "smoothed": curve.smoothed,
        }
        tables.append(pa.table(columns, schema=_COLUMNS))
    if suggestion is not None:
        marks = {SUGGESTED: suggestion.rate, TOO_BIG: suggestion.too_big}
        rows = [{"kind": kind, "rate": rate} for kind, rate in marks.items() if rate is not None]
        tables.append(pa.Table.from_pylist(rows, schema=_COLUMNS))
    return pa.concat_tables(tables).combine_chunks()


@st.cache_resource(show_spinner=False)
def chart_spec() -> Spec:
    """Return the chart's spec."""
    base = alt.Chart(pd.DataFrame({"rate": []})).encode(
        x=alt.X(
            "rate:Q",
            title="Learning rate",
            scale=alt.Scale(type="log", domain=[LOWEST_RATE, HIGHEST_RATE], nice=False),
            axis=alt.Axis(
                grid=False,
                values=[float(f"1e{power}") for power in range(-6, 2)],
                format="~r",
                labelOverlap=True,
            ),
        ),
    )
    points = base.transform_filter(alt.datum.kind == POINT)
    chart = alt.layer(*_too_big(base), *_curve(points), *_suggested(base), *_hover(points))
    return detach_data(chart.properties(height=CHART_HEIGHT, width="container"))


def _upwards(field: str) -> alt.Y:
    # A fixed margin: longer numbers must not push the plot aside.
    axis = alt.Axis(minExtent=40, maxExtent=40, tickCount=5, format="~g")
    return alt.Y(f"{field}:Q", title=None, scale=alt.Scale(domain=[0, _TOP]), axis=axis)


def _too_big(base: alt.Chart) -> list[alt.Chart]:
    """Shade the rates at which all that was learned is lost."""
    shade = base.transform_filter(alt.datum.kind == TOO_BIG)
    return [
        shade.mark_rect(opacity=0.14, color=QUIET).encode(
            x2=alt.datum(HIGHEST_RATE), **_FROM_TOP_TO_BOTTOM
        ),
        # Low on the right, where the curve does not come.
        shade.mark_text(align="right", dx=-6, color=QUIET).encode(
            x=alt.value("width"),
            y=alt.value(alt.ExprRef("height - 12")),
            text=alt.value("too big"),
        ),
    ]


def _curve(points: alt.Chart) -> list[alt.Chart]:
    return [
        points.mark_point(filled=True, size=14, opacity=0.45, color=QUIET, clip=True).encode(
            y=_upwards("loss")
        ),
        points.mark_line(strokeWidth=2.5, color=ACCENT, clip=True).encode(y=_upwards("smoothed")),
    ]


def _suggested(base: alt.Chart) -> list[alt.Chart]:
    suggested = base.transform_filter(alt.datum.kind == SUGGESTED)
    return [
        suggested.mark_rule(strokeWidth=2, strokeDash=[5, 3], color=ACCENT).encode(
            **_FROM_TOP_TO_BOTTOM
        ),
        suggested.mark_text(align="right", dx=-6, fontWeight="bold", color=ACCENT).encode(
            y=alt.value(12), text=alt.value("suggested")
        ),
    ]


def _hover(points: alt.Chart) -> list[alt.Chart]:
    near = alt.selection_point(
        name="near_rate", on="pointerover", nearest=True, fields=["rate"], empty=False
    )
    tooltip = [
        alt.Tooltip("rate:Q", title="Learning rate", format=".2r"),
        alt.Tooltip("loss:Q", title="Training loss", format=".4f"),
        alt.Tooltip("smoothed:Q", title="Smoothed", format=".4f"),
    ]
    in_sight = points.transform_filter(alt.datum.smoothed <= _TOP)
    return [
        in_sight.mark_point(size=200, opacity=0)
        .encode(y=_upwards("smoothed"), tooltip=tooltip)
        .add_params(near),
        in_sight.mark_rule(strokeWidth=1, opacity=0.4, color=QUIET)
        .transform_filter(near)
        .encode(**_FROM_TOP_TO_BOTTOM),
    ]
