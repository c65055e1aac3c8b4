"""Actions on one digit of the lab's handwriting: relabel and delete."""

import streamlit as st

from mnistlab.core.settings.config import DIGITS
from mnistlab.store import HandwritingEntry
from mnistlab.ui.errors import catch_action_errors
from mnistlab.ui.services import get_services
from mnistlab.ui.session import state

_DONE = "_own_digit_done"


def show_actions(entry: HandwritingEntry) -> None:
    """Show the actions in a dialog, which closes after one of them."""
    if st.session_state.pop(_DONE, False):
        st.rerun()
    left, right = st.columns(2, vertical_alignment="bottom")
    key = f"relabel_{entry.id}"
    with left:
        st.selectbox(
            "True label",
            range(DIGITS),
            index=entry.label,
            key=key,
            on_change=_relabel,
            args=(entry, key),
        )
    with right:
        st.button(
            "Delete this digit",
            key="delete_own_digit",
            icon=":material/delete:",
            on_click=_delete,
            args=(entry,),
            width="stretch",
        )


@catch_action_errors
def _relabel(entry: HandwritingEntry, key: str) -> None:
    st.session_state[_DONE] = True
    get_services().store.handwriting.relabel(state.lab(), entry.id, st.session_state[key])


@catch_action_errors
def _delete(entry: HandwritingEntry) -> None:
    st.session_state[_DONE] = True
    get_services().store.handwriting.delete(state.lab(), entry.id)
