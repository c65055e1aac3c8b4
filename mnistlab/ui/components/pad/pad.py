"""The drawing pad, whose drawing is stored and so survives page changes and restarts."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from mnistlab.core.drawing.strokes import CANVAS, Drawing, Stroke, plain_drawing, read_strokes
from mnistlab.core.errors import PictureError
from mnistlab.ui.components.own_root import declare
from mnistlab.ui.services import get_services
from mnistlab.ui.session import state

MAX_LENGTH = 1_000_000
"""Characters of a drawing's JSON. The longest that `core.drawing` reads has 800,000."""

_component = declare(
    __file__,
    f"""
<svg viewBox="0 0 {CANVAS} {CANVAS}" role="img"
  aria-label="Drawing pad: draw a digit with a mouse, a pen or a finger"></svg>
<div class="controls">
  <button type="button" class="undo">Undo</button>
  <button type="button" class="clear">Clear</button>
  <label>Brush <input type="range" min="8" max="36" aria-label="Brush width"></label>
</div>""",
)

_KEY, _SHEET = "canvas", "_sheet"
_EMPTY: Drawing = {"objects": []}


@dataclass(frozen=True)
class _Sheet:
    """What is on the pad.

    Attributes:
        drawing: As the browser reported it, or as it was stored.
        turn: Changes when the server replaces the drawing; reports of earlier turns don't count.
        is_finished: Whether the next stroke begins another drawing.
    """

    drawing: Drawing
    turn: int = 1
    is_finished: bool = False


def show_pad() -> list[Stroke]:
    """Show the pad with its controls; return the strokes drawn on it.

    Raises:
        PictureError: If the browser reports an invalid drawing, which is not kept.
    """
    try:
        _take_over()
    finally:  # so that what can't be read can be cleared
        _show(_sheet())
    return read_strokes(_sheet().drawing)


def drawing() -> Drawing:
    """Return the drawing on the pad, also if its last stroke has led to this run of the page.

    Raises:
        PictureError: As `show_pad` does.
    """
    _take_over()
    return _sheet().drawing


def is_finished() -> bool:
    """Return whether the drawing is finished, so that the next stroke begins another."""
    return _sheet().is_finished


def finish() -> None:
    """Leave the drawing on the pad until the next stroke begins another; store none."""
    sheet = _sheet()
    _store(_EMPTY)
    st.session_state[_SHEET] = _Sheet(sheet.drawing, sheet.turn + 1, is_finished=True)


def replace(drawing: Drawing) -> None:
    """Store and show another drawing on the pad."""
    _store(drawing)
    st.session_state[_SHEET] = _Sheet(drawing, _sheet().turn + 1)


def _sheet() -> _Sheet:
    if _SHEET not in st.session_state:
        kept = get_services().store.drawing(state.lab())
        st.session_state[_SHEET] = _Sheet(json.loads(kept) if kept else _EMPTY)
    sheet: _Sheet = st.session_state[_SHEET]
    return sheet


def _show(sheet: _Sheet) -> None:
    data = {
        **plain_drawing(sheet.drawing),
        "turn": sheet.turn,
        "isFinished": sheet.is_finished,
    }
    with st.container(key="pad"):
        _component(data=data, key=_KEY, on_drawing_change=lambda: None)


def _take_over() -> None:
    """Store the drawing that the browser reports, if it has changed."""
    report = st.session_state.get(_KEY, {}).get("drawing")
    if report is None:
        return
    read_strokes(report)
    sheet = _sheet()
    objects = report.get("objects", [])
    if report.get("turn") != sheet.turn or objects == sheet.drawing["objects"]:
        return
    drawing = {"objects": objects}
    _store(drawing)
    st.session_state[_SHEET] = _Sheet(drawing, sheet.turn)


def _store(drawing: Mapping[str, object]) -> None:
    """Store a drawing; PictureError if it is too long or can't be written."""
    try:
        text = json.dumps(drawing, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        text = ""
    if not 0 < len(text) <= MAX_LENGTH:
        raise PictureError("The drawing can't be kept.", "Clear the canvas and draw one digit.")
    get_services().store.save_drawing(state.lab(), text)
