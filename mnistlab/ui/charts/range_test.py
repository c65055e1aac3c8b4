"""The range test's chart: training loss by learning rate, with the suggestion.

One spec for all tests, so that the chart in the page is never replaced.
"""

import altair as alt
import pyarrow as pa

from mnistlab.core.analysis.range_test.suggestion import (
    HIGHEST_RATE,
    LOWEST_RATE,
    RangeCurve,
    Suggestion,
    round_rate,
)
from mnistlab.core.settings.typed_numbers import write_number
from mnistlab.ui import formatting
from mnistlab.ui.charts import toolkit
from mnistlab.ui.charts.palette import ACCENT, QUIET
from mnistlab.ui.charts.scales import HIGHEST_LOSS

_ROOM_FROM = 3e-4
"""The rate left of which a phone has no room for the suggestion in words."""

POINT, SUGGESTED, TOO_BIG = "point", "suggested", "too big"
_COLUMNS = pa.schema(
    {
        "kind": pa.string(),
        "rate": pa.float64(),
        "loss": pa.float64(),
        "smoothed": pa.float64(),
        "text": pa.string(),
    }
)


def chart_data(curve: RangeCurve | None, suggestion: Suggestion | None) -> pa.Table:
    """Return a row for each point, for the suggested rate, and for where rates are too big."""
    tables = [_COLUMNS.empty_table()]
    if curve is not None:
        columns = {
            "kind": [POINT] * len(curve.rates),
            "rate": curve.rates,
            "loss": curve.losses,
            "smoothed": curve.smoothed,
            "text": list(map(_tip, curve.rates, curve.losses, curve.smoothed)),
        }
        tables.append(pa.table(columns, schema=_COLUMNS))
    if suggestion is not None:
        text = f"suggested {write_number(suggestion.rate)}"
        marked = [{"kind": SUGGESTED, "rate": suggestion.rate, "text": text}]
        if suggestion.too_big is not None:
            marked.append({"kind": TOO_BIG, "rate": suggestion.too_big, "text": "too high"})
        tables.append(pa.Table.from_pylist(marked, schema=_COLUMNS))
    return pa.concat_tables(tables).combine_chunks()


def _tip(rate: float, loss: float, smoothed: float) -> str:
    return (
        f"Learning rate {write_number(round_rate(float(rate)))}\n"
        f"{formatting.loss(float(smoothed))}  training loss, smoothed\n"
        f"{formatting.loss(float(loss))}  as measured"
    )


@toolkit.build_once
def chart_spec() -> toolkit.Spec:
    """Return the chart's spec."""
    base = toolkit.rows().encode(x=_rate_axis())
    points = base.transform_filter(alt.datum.kind == POINT)
    tips = points.transform_filter(f"datum.smoothed <= {HIGHEST_LOSS}")
    layers = [
        *_too_big(base),
        *_curve(points),
        *_suggested(base),
        *toolkit.tooltip_layers(tips, "rate", "near_rate"),
    ]
    return toolkit.to_spec(layers, padding={"left": 0, "top": 8, "right": 8, "bottom": 4})


def _rate_axis() -> alt.X:
    powers = [float(f"1e{power}") for power in range(-6, 2)]
    return alt.X(
        "rate:Q",
        title="Learning rate",
        scale=alt.Scale(type="log", domain=[LOWEST_RATE, HIGHEST_RATE], nice=False),
        axis=alt.Axis(grid=False, values=powers, format="~r", labelOverlap=True, titlePadding=4),
    )


def _upwards(field: str) -> alt.Y:
    narrow = {"minExtent": 18, "maxExtent": 18}
    return toolkit.value_axis(field, alt.Scale(domain=[0, HIGHEST_LOSS]), "~g", **narrow)


def _too_big(base: alt.Chart) -> list[alt.Chart]:
    """Shade the learning rates at which training breaks down."""
    shade = base.transform_filter(alt.datum.kind == TOO_BIG)
    return [
        shade.mark_rect(opacity=0.14).encode(
            color=toolkit.colour(QUIET), x2=alt.datum(HIGHEST_RATE), **toolkit.TOP_TO_BOTTOM
        ),
        # At the bottom right, where the curve does not reach.
        shade.mark_text(align="right", dx=-6).encode(
            x=alt.value("width"), y=alt.value(alt.ExprRef("height - 12")), text="text:N"
        ),
    ]


def _curve(points: alt.Chart) -> list[alt.Chart]:
    measured = points.mark_point(filled=True, size=14, opacity=0.9, clip=True)
    smoothed = points.mark_line(strokeWidth=2.25, clip=True)
    return [
        measured.encode(y=_upwards("loss"), color=toolkit.colour(QUIET)),
        smoothed.encode(y=_upwards("smoothed"), color=toolkit.colour(ACCENT)),
    ]


def _suggested(base: alt.Chart) -> list[alt.Chart]:
    suggested = base.transform_filter(alt.datum.kind == SUGGESTED)
    rule = suggested.mark_rule(strokeWidth=2, strokeDash=[5, 3]).encode(
        color=toolkit.colour(ACCENT), **toolkit.TOP_TO_BOTTOM
    )
    # Left of the rule, where the curve is lower, if there is room.
    texts = suggested.encode(y=alt.value(8), text="text:N")
    has_room = f"datum.rate > {_ROOM_FROM}"
    return [
        rule,
        texts.transform_filter(has_room).mark_text(align="right", dx=-6, fontWeight=600),
        texts.transform_filter(f"!({has_room})").mark_text(align="left", dx=6, fontWeight=600),
    ]
