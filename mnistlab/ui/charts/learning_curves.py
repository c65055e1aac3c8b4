"""The charts of loss and accuracy by epoch."""

import altair as alt

from mnistlab.core.training.history import Measure
from mnistlab.ui.charts import toolkit
from mnistlab.ui.charts.curve_rows import (
    BEGAN,
    BEST,
    BEYOND,
    RATE_CHANGE,
    TIP,
    TRAINING,
    VALIDATION,
    WORSE,
)
from mnistlab.ui.charts.palette import ACCENT, QUIET

_MOST_EPOCHS_WITH_POINTS = 12
_FIRST_ROW, _ROW_HEIGHT = 24, 13
"""Of the texts on rate changes, in pixels from the plot's edge, where overfitting is told."""


@toolkit.build_once
def curve_spec(measure: Measure, epochs: int, whole: bool) -> toolkit.Spec:
    """Return the chart of one measure by epoch; a whole range of losses is logarithmic."""
    is_loss = measure is Measure.LOSS
    upwards = toolkit.range_axis("value", not is_loss, is_logarithmic=whole and is_loss)
    base = toolkit.rows().encode(x=toolkit.count_axis("epoch", "epochs", epochs))
    tips = base.transform_filter(alt.datum.kind == TIP)
    return toolkit.to_spec(
        [
            *_shades(base, epochs),
            *_curves(base.encode(y=upwards), epochs, above=is_loss),
            _beyond(base),
            *_rate_changes(base, epochs, above=is_loss),
            *toolkit.tooltip_layers(tips, "epoch", f"near_{measure}"),
        ]
    )


def _shades(base: alt.Chart, epochs: int) -> list[alt.Chart]:
    """Shade the stretch in which overfitting began, and more lightly the one since."""
    began = base.transform_filter(alt.datum.kind == BEGAN)
    since = base.transform_filter(alt.datum.kind == WORSE)
    stretch = {"x2": "until:Q", "color": toolkit.colour(QUIET), **toolkit.TOP_TO_BOTTOM}
    words = began.encode(text=alt.value(BEGAN), y=alt.value(10))
    # The text stands on the side with more room.
    is_late = f"datum.epoch > {epochs / 2}"
    return [
        since.mark_rect(opacity=0.14, clip=True).encode(**stretch),
        began.mark_rect(opacity=0.3, clip=True).encode(**stretch),
        words.transform_filter(f"!({is_late})").mark_text(align="left", dx=4),
        words.transform_filter(is_late).mark_text(align="right", dx=-4),
    ]


def _curves(base: alt.Chart, epochs: int, above: bool) -> list[alt.Chart]:
    training = base.transform_filter(alt.datum.kind == TRAINING)
    validation = base.transform_filter(alt.datum.kind == VALIDATION)
    accent = toolkit.colour(ACCENT)
    line = validation.mark_line(strokeWidth=2.25, clip=True).encode(color=accent)
    points = validation.mark_point(filled=True, size=34, opacity=1, clip=True).encode(color=accent)
    return [
        training.mark_line(strokeWidth=1.25, clip=True).encode(color=toolkit.colour(QUIET)),
        line,
        *([points] if epochs <= _MOST_EPOCHS_WITH_POINTS else []),
        *_best(base, epochs, above),
    ]


def _best(base: alt.Chart, epochs: int, above: bool) -> list[alt.Chart]:
    """Mark the best epoch; its value stands below an accuracy curve and above that of a loss."""
    best = base.transform_filter(alt.datum.kind == BEST)
    mark = best.mark_point(size=110, strokeWidth=2, opacity=1, shape="diamond")
    dy = -14 if above else 18
    # Near the end the text stands before its mark.
    is_late = f"datum.epoch > {0.85 * epochs}"
    late = best.transform_filter(is_late).mark_text(align="right", dy=dy)
    others = best.transform_filter(f"!({is_late})").mark_text(align="center", dy=dy)
    return [
        mark.encode(color=toolkit.colour(ACCENT)),
        late.encode(text="text:N"),
        others.encode(text="text:N"),
    ]


def _rate_changes(base: alt.Chart, epochs: int, above: bool) -> list[alt.Chart]:
    """Mark each change of the learning rate; texts stand where a curve seldom is."""
    changes = base.transform_filter(alt.datum.kind == RATE_CHANGE)
    rule = changes.mark_rule(strokeWidth=1, strokeDash=[3, 3], clip=True)
    start = f"{_FIRST_ROW} + {_ROW_HEIGHT} * datum.row"
    dy = alt.ExprRef(start if above else f"-({start})")
    is_late = f"datum.epoch > {0.85 * epochs}"
    late = changes.transform_filter(is_late).mark_text(align="right", dx=-3, dy=dy)
    others = changes.transform_filter(f"!({is_late})").mark_text(align="left", dx=3, dy=dy)
    y = alt.value(0) if above else alt.value("height")
    return [
        rule.encode(color=toolkit.colour(QUIET), **toolkit.TOP_TO_BOTTOM),
        late.encode(y=y, text="text:N"),
        others.encode(y=y, text="text:N"),
    ]


def _beyond(base: alt.Chart) -> alt.Chart:
    beyond = base.transform_filter(alt.datum.kind == BEYOND)
    layer: alt.Chart = beyond.mark_text(align="left", dx=3, dy=2).encode(
        y=alt.value(0), text="text:N"
    )
    return layer
