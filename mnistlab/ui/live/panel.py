"""Parts of a page that move by themselves.

A panel is a fragment that shows a snapshot of its runs and, while one of them is active, follows
what this server trains and schedules its next rerun. Errors are shown in its place, and reruns
continue after them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from mnistlab.store import RunRecord
from mnistlab.ui.components.ticker import ticker
from mnistlab.ui.components.ticker.ticker import MovingLine, Stream
from mnistlab.ui.errors import show_errors
from mnistlab.ui.live.hub import HUB
from mnistlab.ui.live.pace import pause
from mnistlab.ui.live.parts import View
from mnistlab.ui.live.snapshot import RunSnapshot, active_snapshot, get_snapshot
from mnistlab.ui.services import get_services

_SECONDS_IN_QUEUE = 2.0
_SECONDS_BEFORE_FIRST_POINT = 0.2
_MOST_SECONDS = 3.0
_SECONDS_IF_ALL_IS_PUSHED = 15.0
"""For what is no run's, such as a store that can't be written."""

_SECONDS_PER_PAGE = 0.1
"""Between reruns of a page, for each page that follows the same run. A rerun takes the server about
0.01 s (`python -m benchmarks live`, viewers_30_cores_polled): all together a tenth of a core."""


@dataclass(frozen=True)
class Pushed:
    """What moves in a panel without a rerun.

    Attributes:
        view: What the panel shows of its runs.
        lines: Of its charts.
        is_whole: Whether that is all that moves within an epoch.
        has_charts: Whether whole charts are pushed too, so that an epoch's end needs no rerun.
    """

    view: View
    lines: Sequence[MovingLine] = ()
    is_whole: bool = True
    has_charts: bool = False


def show_runs(
    name: str,
    runs: Sequence[RunRecord],
    seconds: float,
    show: Callable[[Sequence[RunSnapshot]], Pushed | None],
    owner: str = "",
) -> None:
    """Show runs as they are now, and rerun while one of them is active.

    Args:
        name: Unique among the page's panels.
        runs: As they are when the page is shown.
        seconds: Between reruns during training; more for a long line or behind other queued
            runs, less before a run's first point.
        show: Called with the runs' snapshots, in the same order; returns what moves in between.
        owner: Distinguishes panels of the same name that replace each other.
    """

    def show_now() -> Stream | None:
        snapshots = [get_snapshot(run) for run in runs]
        _rerun_page_if_changed(runs, snapshots)
        pushed = show(snapshots)
        return None if pushed is None else _follow(runs, snapshots, pushed, seconds)

    def find_pause() -> float | None:
        active = [run for run in runs if run.status.is_active]
        return min((_pace(run, seconds) for run in active), default=None)

    show_panel(name, show_now, find_pause, owner)


def show_panel(
    name: str,
    show: Callable[[], Stream | None],
    find_pause: Callable[[], float | None],
    owner: str = "",
) -> None:
    """Show a part of the page, and rerun it after `find_pause()` seconds, unless None."""

    def show_and_schedule() -> None:
        stream = show_errors(show)()
        # After an error too, since the next rerun may succeed.
        seconds = find_pause()
        if seconds is not None:
            ticker.schedule_rerun(seconds, name, stream)

    st.fragment(show_and_schedule, key=f"live-{name}-{owner}")()


def _follow(
    runs: Sequence[RunRecord], shown: Sequence[RunSnapshot], pushed: Pushed, seconds: float
) -> Stream | None:
    """Return the stream of those runs that this server trains; None without any."""
    reached = {
        run.id: now.step for run, now in zip(runs, shown, strict=True) if active_snapshot(run)
    }
    if not reached:
        return None
    spread = max(map(HUB.count_pages, reached)) * _SECONDS_PER_PAGE
    least = min(_pace(run, seconds) for run in runs if run.id in reached)
    if pushed.is_whole and pushed.has_charts:
        least = max(least, _SECONDS_IF_ALL_IS_PUSHED)
    return Stream(
        view=pushed.view,
        reached=reached,
        lines=pushed.lines,
        is_whole=pushed.is_whole,
        seconds=max(least, spread),
        spread=spread,
    )


def _pace(run: RunRecord, seconds: float) -> float:
    engine = get_services().engine
    live = engine.look(run.id)
    if live is None or engine.trouble or (live.wait is not None and live.wait.runs_before):
        return _SECONDS_IN_QUEUE
    if not live.history.steps:
        return min(seconds, _SECONDS_BEFORE_FIRST_POINT)
    return pause(live.history.steps[-1].seconds, seconds, _MOST_SECONDS)


def _rerun_page_if_changed(runs: Sequence[RunRecord], now: Sequence[RunSnapshot]) -> None:
    """Rerun the whole page if the stored status of a run has changed."""
    if [snapshot.status for snapshot in now] == [run.status for run in runs]:
        return
    store = get_services().store
    active = [run for run in runs if run.status.is_active]
    if any(store.run(run.id).status is not run.status for run in active):
        st.rerun()
