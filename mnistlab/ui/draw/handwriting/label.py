"""“You drew”: buttons that add the drawing with a label to the lab's own test set."""

from dataclasses import dataclass
from functools import partial

import streamlit as st
from markupsafe import Markup

from mnistlab.core.drawing.handwriting import LabelledDrawing
from mnistlab.core.drawing.strokes import Drawing, read_strokes
from mnistlab.ui import formatting
from mnistlab.ui.components.pad import pad
from mnistlab.ui.draw.label_buttons import WHAT_FOR, show_label_buttons
from mnistlab.ui.draw.question import Prediction
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
    predicted: int
    drawing: Drawing


def ask(prediction: Prediction | None) -> None:
    """Show a button for each label; they are disabled without a digit that has none yet."""
    show_action_errors()
    is_open = prediction is not None and not pad.is_finished()
    with st.container(key="label"):
        show_label_buttons("You drew", is_open, partial(_add, prediction))
        with st.container(key="last_added"):
            _show_outcome(None if is_open else _last_added())


@catch_action_errors
def _add(prediction: Prediction | None, label: int) -> None:
    drawing = pad.drawing()
    strokes = read_strokes(drawing)
    if prediction is None or not strokes or pad.is_finished():
        return  # a second press
    labelled = LabelledDrawing(label, tuple(strokes))
    [kept] = get_services().store.handwriting.add(state.lab(), [labelled])
    st.session_state[_LAST] = _Added(kept, label, prediction.digit, drawing)
    pad.finish()


def _last_added() -> _Added | None:
    """Return the digit added last, if it still exists."""
    added: _Added | None = st.session_state.get(_LAST)
    return added if added and added.id in own_digits.load().ids else None


def _show_outcome(added: _Added | None) -> None:
    if added is None:
        st.html(WHAT_FOR)
        return
    with st.container(horizontal=True, wrap=False, vertical_alignment="center", gap="small"):
        st.html(_describe(added))
        st.button(
            "Take it back",
            key="take_back",
            type="tertiary",
            icon=":material/undo:",
            on_click=_take_back,
            args=(added,),
        )


def _describe(added: _Added) -> Markup:
    sentence = (
        Markup("<b>Right:</b> added to My handwriting")
        if added.label == added.predicted
        else Markup("<b>Predicted {}</b>, added as a <b>{}</b>").format(
            added.predicted, added.label
        )
    )
    digits = formatting.digits(len(own_digits.load()))
    return Markup('<p class="lab-added" role="status">{}, now {}.</p>').format(sentence, digits)


@catch_action_errors
def _take_back(added: _Added) -> None:
    get_services().store.handwriting.delete(state.lab(), added.id)
    if pad.is_finished() or not pad.drawing()["objects"]:
        pad.replace(added.drawing)
