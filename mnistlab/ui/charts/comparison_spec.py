"""The chart of the compared runs' curves.

The spec identifies lines by number, not by name, so that the same chart stays in the page
whichever runs are chosen.
"""

from dataclasses import dataclass
from typing import Any

import altair as alt

from mnistlab.core.analysis.curves import Axis
from mnistlab.core.training.history import Measure
from mnistlab.ui.charts import comparison as rows
from mnistlab.ui.charts import toolkit
from mnistlab.ui.charts.palette import ACCENT, LINE_STYLES

_HEIGHT = 300
"""Pixels; wide windows show it higher (`style/base.css`)."""

AXIS_HEIGHT = _HEIGHT - 36
"""Pixels of the y-axis, without the numbers of the x-axis."""

_SIGN = 9
"""Pixels from the axes to the middle of a line's sign."""

# Vega asks anew how large the window is when something changes that it knows of.
_IS_WIDE = "width > 0 && windowSize()[0] > 900"
_LARGER = "clamp(windowSize()[0] / 3200 + 0.6, 1, 1.25)"
"""How much larger than Vega knows of the page's style makes the text (`style/base.css`)."""

_ROOM_FOR_SIGNS = 16
_MOST_OF_WINDOW = 0.14
"""The share of the window's width that names have at most, so that the axes keep theirs."""
_UNITS = {Axis.EPOCH: "epochs", Axis.STEP: "steps", Axis.SECONDS: "s", Axis.SHARE: "% done"}


@dataclass(frozen=True)
class Frame:
    """What surrounds the lines, whichever they are.

    Attributes:
        end: The end of the x-axis; None to follow the data.
        names: The pixels right of the axes for the lines' names; narrow windows have signs only.
    """

    end: int | None
    names: int


@toolkit.build_once
def chart_spec(measure: Measure, axis: Axis, frame: Frame, whole: bool) -> toolkit.Spec:
    """Return the chart of one measure; a whole range of losses is logarithmic.

    Args:
        measure: On the y-axis.
        axis: On the x-axis.
        frame: What surrounds the lines.
        whole: Whether the y-axis has all values.
    """
    is_loss = measure is Measure.LOSS

    def upwards(field: str) -> alt.Y:
        return toolkit.range_axis(field, not is_loss, is_logarithmic=whole and is_loss)

    base = toolkit.rows().encode(x=toolkit.count_axis("x", _UNITS[axis], frame.end))
    line = base.encode(
        y=upwards("value"),
        color=toolkit.colour_by("colour"),
        detail="line:N",
        opacity=alt.Opacity("opacity:Q", scale=None, legend=None),
    )
    layers = [
        _room(base, frame.names),
        _band(line, upwards("bottom")),
        *_curves(line),
        *_signs(_of(line, rows.MARK)),
        *_names(_of(line, rows.NAME), upwards("place"), frame.names),
        _of(base, rows.BEYOND)
        .mark_text(align="left", dx=4, dy=2)
        .encode(y=alt.value(0), text="text:N"),
        *toolkit.tooltip_layers(_of(base, rows.TIP), "x", "near"),
    ]
    return toolkit.to_spec(layers, _HEIGHT)


def _room(base: alt.Chart, names: int) -> alt.Chart:
    """Keep the room right of the axes, whatever is written there, by a line that is not seen."""
    room: alt.Chart = _of(base, rows.ENDS).mark_rule(opacity=0)
    end = _right_of_axes(_width_of_room(names))
    return room.encode(x=_right_of_axes(0), x2=end, y=alt.value(0), y2=alt.value(0))


def _width_of_room(names: int) -> str:
    share = f"{_MOST_OF_WINDOW} * windowSize()[0]"
    return f"(({_IS_WIDE}) ? min({names} * {_LARGER}, {share}) : {_ROOM_FOR_SIGNS})"


def _of(chart: alt.Chart, kind: str) -> alt.Chart:
    filtered: alt.Chart = chart.transform_filter(alt.datum.kind == kind)
    return filtered


def _band(line: alt.Chart, bottom: alt.Y) -> alt.Chart:
    several = _of(line, rows.VALIDATION).transform_filter("isValid(datum.top)")
    band: alt.Chart = several.mark_area(clip=True, fillOpacity=0.18).encode(y=bottom, y2="top:Q")
    return band


def _curves(line: alt.Chart) -> list[alt.Chart]:
    validation = _of(line, rows.VALIDATION)
    is_accent = alt.datum.colour == str(ACCENT)
    return [
        _of(line, rows.TRAINING).mark_line(strokeWidth=1.25, strokeOpacity=0.75, clip=True),
        validation.transform_filter(~is_accent).mark_line(strokeWidth=1.75, clip=True),
        validation.transform_filter(is_accent).mark_line(strokeWidth=2.25, clip=True),
    ]


def _signs(points: alt.Chart) -> list[alt.Chart]:
    """Draw the marks that distinguish lines besides their colours."""
    shapes = [style.shape for style in LINE_STYLES]
    numbers = [str(style.number) for style in LINE_STYLES]
    shape = alt.Shape("line:N", scale=alt.Scale(domain=numbers, range=shapes), legend=None)
    hollow = [str(style.number) for style in LINE_STYLES if style.is_hollow]
    return [
        points.transform_filter(f"indexof({hollow}, datum.line) < 0")
        .mark_point(size=44, filled=True)
        .encode(shape=shape),
        points.transform_filter(f"indexof({hollow}, datum.line) >= 0")
        .mark_point(size=44, strokeWidth=1.75)
        .encode(shape=shape),
    ]


def _names(ends: alt.Chart, place: alt.Y, room: int) -> list[alt.Chart]:
    """Draw signs and names right of the axes, each joined to its line's end by a thin line."""
    beside = ends.encode(x=_right_of_axes(_SIGN), y=place)
    names = beside.transform_filter(_IS_WIDE).encode(
        x=_right_of_axes(_SIGN + 9),
        text="text:N",
        color=alt.value(toolkit.TEXT),
        opacity=alt.value(1),
    )
    limit = alt.ExprRef(f"({_width_of_room(room)} - {_SIGN + 12}) / {_LARGER}")
    return [
        ends.mark_rule(strokeWidth=1, strokeDash=[1, 3]).encode(x2=_right_of_axes(0)),
        ends.mark_rule(strokeWidth=1).encode(
            x=_right_of_axes(0), x2=_right_of_axes(_SIGN - 4), y2="place:Q"
        ),
        *_signs(beside),
        names.mark_text(align="left", limit=limit),
    ]


def _right_of_axes(pixels: int | str) -> Any:
    return alt.value(alt.ExprRef(f"width + {pixels}"))
