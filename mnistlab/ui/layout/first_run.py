"""What a page offers before there is a run: a first network, trained there and then."""

from typing import Literal

import streamlit as st

from mnistlab.core.settings.presets import PRESETS
from mnistlab.ui import formatting
from mnistlab.ui.errors import catch_action_errors
from mnistlab.ui.live.estimate import run_seconds
from mnistlab.ui.services import get_services
from mnistlab.ui.session import state

_PRESET = PRESETS["quick_start"]


def offer_first_run(words: str) -> None:
    """Show what a network is needed for, and a button that trains one on this page.

    Args:
        words: Markdown.
    """
    with st.container(border=True, key="first_run"):
        st.markdown(words)
        _show_button("primary")


def invite_to_first_run() -> None:
    """Show in one line that the network is ready-made, and a button that trains one as above.

    Nothing is shown once the lab has a network of its own. While one trains, the page's head
    shows its progress.
    """
    runs = get_services().store.runs(state.lab())
    if any(run.test_correct is not None for run in runs):
        return
    is_training = any(run.status.is_active for run in runs)
    with st.container(horizontal=True, wrap=False, vertical_alignment="center", key="invitation"):
        st.markdown(f":small[:gray[{_UNTIL_THEN if is_training else _READY_MADE}]]")
        if not is_training:
            _show_button("secondary")


_READY_MADE = "This is a ready-made network. Train your own and compare."
_UNTIL_THEN = "This is a ready-made network, until your own is trained."


def _show_button(kind: Literal["primary", "secondary"]) -> None:
    st.button(
        f"Train one{_estimate()}",
        key="train_first",
        type=kind,
        icon=":material/play_arrow:",
        on_click=_train,
    )


def _estimate() -> str:
    seconds = run_seconds([_PRESET.config])
    return "" if seconds is None else f", about {formatting.duration(seconds)}"


@catch_action_errors
def _train() -> None:
    config = _PRESET.config
    state.open_run(get_services().engine.submit(state.lab(), config, formatting.short_name(config)))
