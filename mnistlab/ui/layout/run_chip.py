"""A run that goes on while the visitor is on another page, as a link to it."""

from collections.abc import Collection

import streamlit as st

from mnistlab.store import RunRecord
from mnistlab.ui import formatting
from mnistlab.ui.live import progress
from mnistlab.ui.live.panel import show_panel
from mnistlab.ui.live.snapshot import RunSnapshot, get_snapshot
from mnistlab.ui.navigation import TRAIN
from mnistlab.ui.services import get_services
from mnistlab.ui.session import state, url

_SECONDS_BETWEEN_RERUNS = 3.0


def show_run_chip(except_for: Collection[str] = ()) -> None:
    """Show the visitor's run that goes on, if there is one; rerun the page when it has ended.

    Args:
        except_for: The ids of runs that are shown elsewhere on the page.
    """
    record = _find_active(except_for)
    if record is None:
        return

    def show() -> None:
        run = get_snapshot(record)
        if not run.status.is_active:
            st.rerun()
        st.page_link(
            TRAIN.path,
            label=_describe(run),
            icon=":material/progress_activity:",
            query_params=query,
        )

    query = url.link_to_run(record.id)
    # Of constant width, so that what stands beside it does not move with its numbers.
    with st.container(key="run_chip", width=200):
        show_panel("chip", show, lambda: _SECONDS_BETWEEN_RERUNS, record.id)


def _find_active(except_for: Collection[str]) -> RunRecord | None:
    """Return the open run if it is active, else the lab's oldest active one."""
    found = get_services().store.runs(state.lab())
    runs = [run for run in found if run.status.is_active and run.id not in except_for]
    in_view = st.session_state.get(state.RUN)
    return min(runs, key=lambda run: (run.id != in_view, run.created_at), default=None)


def _describe(run: RunSnapshot) -> str:
    if run.wait is not None:
        return "Queued"
    done = f"Training {run.share:.0%}"
    left = progress.seconds_left(run.history, run.config)
    return done if left is None else f"{done} · {formatting.duration(left)}"
