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
)
from mnistlab.ui.charts import toolkit
from mnistlab.ui.charts.palette import ACCENT, QUIET

HEIGHT = 320
_TOP = 3.5
"""In nats: one and a half times ln 10, the loss of guessing."""

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
    """Return a row for each point, for the suggested rate, and for where rates are too big."""
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
        marked = [{"kind": kind, "rate": rate} for kind, rate in marks.items() if rate is not None]
        tables.append(pa.Table.from_pylist(marked, schema=_COLUMNS))
    return pa.concat_tables(tables).combine_chunks()


@toolkit.build_once
def chart_spec() -> toolkit.Spec:
    """Return the chart's spec."""
    base = toolkit.rows().encode(
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
    layers = [*_too_big(base), *_curve(points), *_suggested(base), *_hover(points)]
    return toolkit.to_spec(layers, HEIGHT)


def _upwards(field: str) -> alt.Y:
    return toolkit.value_axis(field, alt.Scale(domain=[0, _TOP]), "~g")


def _too_big(base: alt.Chart) -> list[alt.Chart]:
    """Shade the learning rates at which training breaks down."""
    shade = base.transform_filter(alt.datum.kind == TOO_BIG)
    return [
        shade.mark_rect(opacity=0.14, color=QUIET).encode(
            x2=alt.datum(HIGHEST_RATE), **toolkit.TOP_TO_BOTTOM
        ),
        # At the bottom right, where the curve does not reach.
        shade.mark_text(align="right", dx=-6, color=QUIET).encode(
            x=alt.value("width"),
            y=alt.value(alt.ExprRef("height - 12")),
            text=alt.value("too high"),
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
            **toolkit.TOP_TO_BOTTOM
        ),
        suggested.mark_text(align="right", dx=-6, fontWeight="bold", color=ACCENT).encode(
            y=alt.value(12), text=alt.value("suggested")
        ),
    ]


def _hover(points: alt.Chart) -> list[alt.Chart]:
    near = toolkit.nearest("near_rate", ["rate"])
    tooltip = [
        alt.Tooltip("rate:Q", title="Learning rate", format=".2r"),
        alt.Tooltip("loss_written:N", title="Training loss"),
        alt.Tooltip("smoothed_written:N", title="Smoothed"),
    ]
    in_sight = points.transform_filter(alt.datum.smoothed <= _TOP).transform_calculate(
        loss_written=toolkit.written_loss("loss"),
        smoothed_written=toolkit.written_loss("smoothed"),
    )
    return [
        toolkit.hover_layer(in_sight.encode(y=_upwards("smoothed")), near, tooltip),
        toolkit.hover_rule(in_sight, near),
    ]
