"""How long a run will take, as soon as the machine's speed is known."""

import streamlit as st

from mnistlab.ui.components.ticker import ticker
from mnistlab.ui.errors import show_errors
from mnistlab.ui.services import get_services

_SECONDS_BETWEEN_LOOKS = 1.0


@st.fragment
@show_errors
def wait_for_speed(text: str) -> None:
    """Show a text in grey until the machine's speed is known, then the whole page again."""
    st.markdown(f":gray[{text}]")
    if get_services().engine.speed is not None:
        st.rerun()
    ticker.look_again(_SECONDS_BETWEEN_LOOKS, "speed")
