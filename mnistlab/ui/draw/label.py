"""“What did you draw?”: buttons that add the drawing with a label to the lab's own test set."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st
from markupsafe import Markup

from mnistlab.core.drawing.handwriting import LabelledDrawing
from mnistlab.core.drawing.strokes import Stroke, read_strokes
from mnistlab.core.settings.config import DIGITS
from mnistlab.ui import formatting
from mnistlab.ui.components.canvas import canvas
from mnistlab.ui.components.canvas.canvas import Drawing
from mnistlab.ui.errors import catch_action_errors, show_action_errors
from mnistlab.ui.prediction import own_digits
from mnistlab.ui.services import get_services
from mnistlab.ui.session import state

_LAST = "_last_added_digit"


@dataclass(frozen=True)
class _Added:
    """The digit added last, which can be taken back."""

    id: str
    label: int
    drawing: Drawing


def ask(strokes: Sequence[Stroke]) -> None:
    """Show a button for each label; without strokes the buttons are disabled."""
    show_action_errors()
    st.markdown("**What did you draw?**")
    with st.container(horizontal=True, key="label_buttons", gap="small"):
        for digit in range(DIGITS):
            st.button(
                str(digit),
                key=f"label_{digit}",
                disabled=not strokes,
                on_click=_add,
                args=(digit,),
            )
    added = None if strokes else _last_added()
    with st.container(key="last_added"):  # of constant height, so that nothing below moves
        if added is None:
            st.caption(_WHY)
        else:
            _show_added(added)


_WHY = "Press its label to add it to My handwriting, your own test set."


@catch_action_errors
def _add(digit: int) -> None:
    drawing = canvas.drawing()
    strokes = read_strokes(drawing)
    if not strokes:
        return  # a second press, after the first has cleared the pad
    labelled = LabelledDrawing(digit, tuple(strokes))
    [kept] = get_services().store.handwriting.add(state.lab(), [labelled])
    st.session_state[_LAST] = _Added(kept, digit, drawing)
    canvas.replace(canvas.EMPTY)


def _last_added() -> _Added | None:
    """Return the digit added last, if it still exists."""
    added: _Added | None = st.session_state.get(_LAST)
    return added if added and added.id in own_digits.load().ids else None


def _show_added(added: _Added) -> None:
    digits = formatting.digits(len(own_digits.load()))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.html(
            Markup(
                '<p class="lab-added" role="status">Your <b>{}</b> was added to My '
                "handwriting, now {}.</p>"
            ).format(added.label, digits),
            width="content",
        )
        st.button(
            "Take it back",
            key="take_back",
            type="tertiary",
            icon=":material/undo:",
            on_click=_take_back,
            args=(added,),
        )


@catch_action_errors
def _take_back(added: _Added) -> None:
    get_services().store.handwriting.delete(state.lab(), added.id)
    if not canvas.drawing()["objects"]:
        canvas.replace(added.drawing)
