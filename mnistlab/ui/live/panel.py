"""The one way in which a part of a page is shown again by itself.

A panel is a fragment: it takes a snapshot of its runs, shows them, and asks for its next turn
while that is worth one. Errors are shown in its place, and it goes on after them.
"""

from collections.abc import Callable, Sequence

import streamlit as st

from mnistlab.store import RunRecord
from mnistlab.ui.components.ticker import ticker
from mnistlab.ui.errors import show_errors
from mnistlab.ui.live.snapshot import RunSnapshot, get_snapshot
from mnistlab.ui.services import get_services

_SECONDS_IN_QUEUE = 2.0
_SECONDS_BEFORE_FIRST_POINT = 0.2
_MOST_SECONDS = 3.0
_NEWS = 0.2
"""By what share of itself a line has grown when it is shown again, as far as the time
between turns allows: less can hardly be seen, and each turn takes from the training."""


def show_runs(
    name: str,
    runs: Sequence[RunRecord],
    seconds: float,
    show: Callable[[Sequence[RunSnapshot]], None],
    owner: str = "",
) -> None:
    """Show runs as they are now, again and again while one of them goes on.

    Args:
        name: Tells the panel from others of the page.
        runs: As they are when the page is shown.
        seconds: Between turns while one is trained; less often when its line is long or all
            wait behind others, more often while one is about to show its first point.
        show: Is given their snapshots, in the same order.
        owner: Whose panel it is, where one of the same name may take its place.
    """

    def show_now() -> None:
        snapshots = [get_snapshot(run) for run in runs]
        _show_page_if_moved_on(runs, snapshots)
        show(snapshots)

    def find_pause() -> float | None:
        active = [run for run in runs if run.status.is_active]
        return min((_pace(run, seconds) for run in active), default=None)

    show_panel(name, show_now, find_pause, owner)


def show_panel(
    name: str, show: Callable[[], None], find_pause: Callable[[], float | None], owner: str = ""
) -> None:
    """Show a part of the page, again whenever `find_pause` says in how many seconds."""

    def take_turn() -> None:
        show_errors(show)()
        # After an error too: the next turn may go well.
        pause = find_pause()
        if pause is not None:
            ticker.schedule_rerun(pause, name)

    st.fragment(take_turn, key=f"live-{name}-{owner}")()


def _pace(run: RunRecord, seconds: float) -> float:
    engine = get_services().engine
    live = engine.look(run.id)
    if live is None or engine.trouble or (live.wait is not None and live.wait.runs_before):
        return _SECONDS_IN_QUEUE
    if not live.history.steps:
        return min(seconds, _SECONDS_BEFORE_FIRST_POINT)
    return seconds_until_news(live.history.steps[-1].seconds, seconds)


def seconds_until_news(trained: float, least: float) -> float:
    """Return when to show a line again which `trained` seconds have drawn so far."""
    return max(least, min(_NEWS * trained, _MOST_SECONDS))


def _show_page_if_moved_on(runs: Sequence[RunRecord], now: Sequence[RunSnapshot]) -> None:
    """Show the whole page as it is now, if the store knows by now that a run has moved on."""
    if [snapshot.status for snapshot in now] == [run.status for run in runs]:
        return
    store = get_services().store
    active = [run for run in runs if run.status.is_active]
    if any(store.run(run.id).status is not run.status for run in active):
        st.rerun()
