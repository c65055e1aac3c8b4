"""The drawing pad, whose drawing is stored and so survives page changes and restarts."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit_drawable_canvas import st_canvas

from mnistlab.core.drawing.strokes import CANVAS, Stroke, read_strokes
from mnistlab.core.errors import PictureError
from mnistlab.ui.errors import catch_action_errors
from mnistlab.ui.services import get_services
from mnistlab.ui.session import state

MAX_LENGTH = 1_000_000
"""Characters of a drawing's JSON. The longest that `core.drawing` reads has 800,000."""

Drawing = dict[str, Any]
"""Fabric's JSON, as the canvas reports it."""

_bare_pad = st.components.v2.component(
    "mnistlab_bare_pad", js=(Path(__file__).parent / "bare_pad.js").read_text()
)

_KEY = "canvas"
_DRAWING, _SHOWN, _SEEN = "_drawing", "_drawing_shown", "_drawing_seen"
EMPTY: Drawing = {"objects": []}
_UNREADABLE: Drawing = {"objects": None}


def show_canvas() -> list[Stroke]:
    """Show the pad with its controls; return the strokes drawn on it.

    Raises:
        PictureError: If the browser reports an invalid drawing, which is not kept.
    """
    _restore()
    with st.container(key="pad", width=CANVAS):
        reported = _show_pad()
        _bare_pad(key="bare_pad", height=1)
        _show_controls()
    _take_over(reported)
    return read_strokes(drawing())


def drawing() -> Drawing:
    """Return the drawing on the pad, after `show_canvas`."""
    current: Drawing = st.session_state[_DRAWING]
    return current


def replace(drawing: Drawing) -> None:
    """Store and show another drawing on the pad."""
    _keep(drawing)
    _put(drawing)


def _show_pad() -> Drawing:
    """Show the canvas; return the drawing that it reports."""
    try:
        result = st_canvas(
            stroke_width=st.session_state.get("brush", 20),
            stroke_color="#ffffff",
            background_color="#000000",
            width=CANVAS,
            height=CANVAS,
            initial_drawing=st.session_state[_SHOWN],
            key=_KEY,
        )
    # It does not validate the browser's message.
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError):
        return _UNREADABLE
    return result.json_data or EMPTY


def _restore() -> None:
    """Show the stored drawing on a canvas that is new on the page."""
    if _DRAWING not in st.session_state:
        kept = get_services().store.drawing(state.lab())
        st.session_state[_DRAWING] = json.loads(kept) if kept else EMPTY
    if _KEY not in st.session_state:
        _put(st.session_state[_DRAWING])
        st.session_state[_SEEN] = None


def _take_over(reported: Drawing) -> None:
    """Store the reported drawing, if it has changed.

    After Clear and Undo the canvas reports its old drawing until the browser has redrawn it;
    that is no change.
    """
    read_strokes(reported)
    objects, seen = reported.get("objects", []), st.session_state[_SEEN]
    if objects == seen:
        return
    is_news = seen is not None or bool(objects)
    if is_news and objects != st.session_state[_DRAWING]["objects"]:
        _keep({"objects": objects})
    st.session_state[_SEEN] = objects


def _keep(drawing: Drawing) -> None:
    text = _write(drawing)
    st.session_state[_DRAWING] = drawing
    get_services().store.save_drawing(state.lab(), text)


def _write(drawing: Drawing) -> str:
    """Return a drawing as JSON; PictureError if it is too long or can't be written."""
    try:
        text = json.dumps(drawing, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        text = ""
    if not 0 < len(text) <= MAX_LENGTH:
        raise PictureError("The drawing can't be kept.", "Clear the canvas and draw one digit.")
    return text


def _put(drawing: Mapping[str, Any]) -> None:
    """Show a drawing on the canvas, which redraws when this value changes."""
    turn = st.session_state.get(_SHOWN, {}).get("turn", 0) + 1
    st.session_state[_SHOWN] = {**drawing, "turn": turn}


def _show_controls() -> None:
    with st.container(horizontal=True):
        st.button("Undo", key="undo", icon=":material/undo:", on_click=_undo)
        st.button("Clear", key="clear", icon=":material/delete_sweep:", on_click=_clear)
    st.slider("Brush width", 8, 36, 20, key="brush", format="%d px")


@catch_action_errors
def _undo() -> None:
    replace({"objects": drawing()["objects"][:-1]})


@catch_action_errors
def _clear() -> None:
    replace(EMPTY)
