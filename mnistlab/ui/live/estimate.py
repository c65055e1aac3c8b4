"""How long runs take, and a placeholder until the machine's speed is known."""

from collections.abc import Iterable

import streamlit as st

from mnistlab.core.settings.config import RunConfig
from mnistlab.ui.live.panel import show_panel
from mnistlab.ui.services import get_services

_SECONDS_BETWEEN_RERUNS = 1.0


def run_seconds(configs: Iterable[RunConfig]) -> float | None:
    """Return how long runs take one after another; None until the machine's speed is known."""
    speed = get_services().engine.speed
    return None if speed is None else sum(map(speed.run_seconds, configs))


def wait_for_speed(text: str) -> None:
    """Show a text in grey until the machine's speed is known, then rerun the page."""

    def show() -> None:
        st.markdown(f":small[:gray[{text}]]")
        if get_services().engine.speed is not None:
            st.rerun()

    show_panel("speed", show, lambda: _SECONDS_BETWEEN_RERUNS)
