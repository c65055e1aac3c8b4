"""A timer in the browser that reruns a fragment, at little cost to the server.

Streamlit's own `run_every` also reruns in a hidden tab, and before the last rerun has ended.
"""

import time
from pathlib import Path

import streamlit as st

_component = st.components.v2.component(
    "mnistlab_ticker", js=(Path(__file__).parent / "ticker.js").read_text(encoding="utf-8")
)


def schedule_rerun(seconds: float, key: str) -> None:
    """Rerun the calling fragment once, while its tab is visible.

    Args:
        seconds: How long to wait, give or take a fifth, after the fragment is on the page. A
            tab that is hidden at that time reruns when it is visible again.
        key: Unique among the page's tickers.
    """
    # The browser ignores data that stay the same.
    data = {"seconds": seconds, "turn": time.monotonic_ns()}
    _component(data=data, key=f"ticker_{key}")
