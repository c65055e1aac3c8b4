"""The drawing pad, whose drawing stays: over pages, reloads and restarts."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import streamlit as st
from streamlit_drawable_canvas import CanvasResult, st_canvas

from mnistlab.ui import session
from mnistlab.ui.kindness import kind_action
from mnistlab.ui.services import get_services

SIZE = 280
"""Pixels, the size at which a phone of 320 has room for it."""

Drawing = dict[str, Any]
"""Fabric's JSON, which belongs to the canvas; `core.strokes` reads it."""

_bare_pad = st.components.v2.component(
    "mnistlab_bare_pad", js=(Path(__file__).parent / "assets" / "bare_pad.js").read_text()
)

_KEY = "canvas"
_DRAWING, _SHOWN, _SEEN = "_drawing", "_drawing_shown", "_drawing_seen"
_EMPTY: Drawing = {"objects": []}


def show_canvas() -> Drawing:
    """Show the pad with its controls; return what is drawn on it."""
    _restore()
    with st.container(key="pad", width=SIZE):
        result = _show_pad()
        _bare_pad(key="bare_pad", height=1)
        _take_over(cast(Drawing, result.json_data or _EMPTY))
        _show_controls()
    return cast(Drawing, st.session_state[_DRAWING])


def _show_pad() -> CanvasResult:
    return st_canvas(
        stroke_width=st.session_state.get("brush", 20),
        stroke_color="#ffffff",
        background_color="#000000",
        width=SIZE,
        height=SIZE,
        initial_drawing=st.session_state[_SHOWN],
        key=_KEY,
    )


def _restore() -> None:
    """Put the kept drawing on a canvas that is new on the page."""
    if _DRAWING not in st.session_state:
        kept = get_services().store.drawing(session.lab())
        st.session_state[_DRAWING] = json.loads(kept) if kept else _EMPTY
    if _KEY not in st.session_state:
        _put(st.session_state[_DRAWING])
        st.session_state[_SEEN] = None


def _take_over(on_canvas: Drawing) -> None:
    """Keep what the canvas reports, if it is news.

    After Clear and Undo the canvas goes on reporting what it had until the browser
    has drawn the new; that is no news.
    """
    objects = on_canvas.get("objects", [])
    if objects == st.session_state[_SEEN]:
        return
    first, st.session_state[_SEEN] = st.session_state[_SEEN] is None, objects
    if first and not objects:
        return
    if objects != st.session_state[_DRAWING]["objects"]:
        _keep({"objects": objects})


def _keep(drawing: Drawing) -> None:
    st.session_state[_DRAWING] = drawing
    get_services().store.save_drawing(session.lab(), json.dumps(drawing))


def _put(drawing: Mapping[str, Any]) -> None:
    """Have the canvas show a drawing; it redraws when this value changes."""
    turn = st.session_state.get(_SHOWN, {}).get("turn", 0) + 1
    st.session_state[_SHOWN] = {**drawing, "turn": turn}


def _show_controls() -> None:
    with st.container(horizontal=True):
        st.button("Undo", key="undo", icon=":material/undo:", on_click=_undo)
        st.button("Clear", key="clear", icon=":material/delete_sweep:", on_click=_clear)
    st.slider("Brush width", 8, 36, 20, key="brush", format="%d px")


@kind_action
def _undo() -> None:
    drawing = {"objects": st.session_state[_DRAWING]["objects"][:-1]}
    _keep(drawing)
    _put(drawing)


@kind_action
def _clear() -> None:
    _keep(_EMPTY)
    _put(_EMPTY)
