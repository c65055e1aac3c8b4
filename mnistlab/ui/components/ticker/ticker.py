"""What has a part of a page look again by itself, at little cost to the server.

Streamlit's own `run_every` asks by the clock: also from a tab that nobody sees, and also
when the server has not answered yet.
"""

import time
from pathlib import Path

import streamlit as st

_component = st.components.v2.component(
    "mnistlab_ticker", js=(Path(__file__).parent / "ticker.js").read_text()
)


def schedule_rerun(seconds: float, key: str) -> None:
    """Have the fragment that calls this run once more, while its page is in view.

    A fragment that does not call it is left in peace.

    Args:
        seconds: How long to wait, give or take a fifth, from the moment at which the answer
            is on the page. A page that was out of view for longer asks as soon as it is
            seen again.
        key: Tells it from other tickers of the page.
    """
    # The browser takes data that stay the same for no answer.
    data = {"seconds": seconds, "turn": time.monotonic_ns()}
    _component(data=data, key=f"ticker_{key}")
