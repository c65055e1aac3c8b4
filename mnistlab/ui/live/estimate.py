"""A placeholder for a duration, until the machine's speed is known."""

import streamlit as st

from mnistlab.ui.live.panel import show_panel
from mnistlab.ui.services import get_services

_SECONDS_BETWEEN_RERUNS = 1.0


def wait_for_speed(text: str) -> None:
    """Show a text in grey until the machine's speed is known, then rerun the page."""

    def show() -> None:
        st.markdown(f":small[:gray[{text}]]")
        if get_services().engine.speed is not None:
            st.rerun()

    show_panel("speed", show, lambda: _SECONDS_BETWEEN_RERUNS)
