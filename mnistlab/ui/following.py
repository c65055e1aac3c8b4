"""What the parts of a page do that follow runs while they go on."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from mnistlab.core.analysis.comparison import Contestant
from mnistlab.core.run import RunStatus
from mnistlab.core.training.history import History
from mnistlab.engine.live import Wait
from mnistlab.store import RunRecord
from mnistlab.ui import run_status
from mnistlab.ui.components.ticker import ticker
from mnistlab.ui.services import get_services

_SECONDS_BETWEEN_LOOKS_IN_QUEUE = 2.0
_SECONDS_BEFORE_FIRST_POINT = 0.2
_MOST_SECONDS_BETWEEN_LOOKS = 3.0
_NEWS = 0.2
"""By what share of itself a line has grown when it is looked at again, as far as the time
between looks allows: less can hardly be seen, and each look takes from the training."""


@dataclass(frozen=True)
class Followed:
    """A run as it is now, to be compared; with what it waits for, if it waits."""

    contestant: Contestant
    status: RunStatus
    wait: Wait | None = None


def look(record: RunRecord) -> Followed:
    """Return how the run of `record` stands now; one that has ended is read once."""
    if record.status.is_active:
        view = run_status.look(record)
        contestant = Contestant(record.id, view.name, view.config, view.history)
        return Followed(contestant, view.status, view.wait)
    history = ended_history(record.id, record.seconds)
    contestant = Contestant(record.id, record.name, record.config, history)
    return Followed(contestant, record.status)


# Ten students who watch an experiment of a dozen runs; some 0.1 MB each.
@functools.lru_cache(maxsize=120)
def ended_history(run_id: str, seconds: float) -> History:
    """Read the curves of a run that has ended; `seconds` change when it is trained on."""
    return get_services().store.history(run_id)


def look_again(records: Sequence[RunRecord], seconds: float, key: str) -> None:
    """Have the fragment that calls this look again while one of its runs goes on.

    Args:
        records: Its runs, as they were when the page was shown.
        seconds: Between looks while one is trained; less often when its line is long or all
            wait behind others, more often while one is about to show its first point.
        key: Tells the fragment from others of the page.
    """
    active = [record for record in records if record.status.is_active]
    if active:
        ticker.look_again(min(_pace(record, seconds) for record in active), key)


def _pace(record: RunRecord, seconds: float) -> float:
    engine = get_services().engine
    live = engine.look(record.id)
    if live is None or engine.trouble or (live.wait is not None and live.wait.runs_before):
        return _SECONDS_BETWEEN_LOOKS_IN_QUEUE
    if not live.history.steps:
        return min(seconds, _SECONDS_BEFORE_FIRST_POINT)
    return seconds_until_news(live.history.steps[-1].seconds, seconds)


def seconds_until_news(trained: float, least: float) -> float:
    """Return when to look again at a line which `trained` seconds have drawn so far."""
    return max(least, min(_NEWS * trained, _MOST_SECONDS_BETWEEN_LOOKS))


def show_page_again(records: Sequence[RunRecord], now: Sequence[RunStatus]) -> None:
    """Show the whole page as it is now, if the store knows by now that a run has moved on.

    Args:
        records: The page's runs, as they were when it was shown.
        now: How they stand.
    """
    if list(now) == [record.status for record in records]:
        return
    store = get_services().store
    active = [record for record in records if record.status.is_active]
    if any(store.run(record.id).status is not record.status for record in active):
        st.rerun()
