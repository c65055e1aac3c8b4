"""The runs of the other servers that share the store."""

import dataclasses
import itertools
import logging
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from mnistlab.core.errors import MnistlabError
from mnistlab.core.run import RunStatus
from mnistlab.core.training.cost.speed import Speed
from mnistlab.core.training.history import History
from mnistlab.engine.live import LiveRun, estimate_wait
from mnistlab.store import ActiveRun, RunStore

logger = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True)
class _Seen:
    """What was read at one moment: all active runs in order, and the other servers' by id."""

    line: Sequence[ActiveRun] = ()
    others: dict[str, ActiveRun] = dataclasses.field(default_factory=dict)


class OtherServers:
    """The active runs of all servers, as they were at the last `refresh`.

    Read from the store and not from Dask, since a server that starts later, or has a cluster of
    its own, thus sees whole curves too. Any thread may use it.

    Args:
        store: Keeps the runs.
        owner: The name of this server, from `this_owner`.
    """

    def __init__(self, store: RunStore, owner: str) -> None:
        self._store = store
        self._owner = owner
        self._seen = _Seen()
        # The curves of runs that were looked at, with the end of the lease when they were read.
        self._curves: dict[str, tuple[datetime, History]] = {}

    def refresh(self) -> Sequence[ActiveRun]:
        """Read all active runs; return them."""
        line = _in_order(self._store.active.all())
        others = {run.id: run for run in line if run.owner != self._owner}
        self._seen = _Seen(line, others)
        self._curves = {id: curves for id, curves in self._curves.items() if id in others}
        return line

    def look(self, run_id: str, speed: Speed | None) -> LiveRun | None:
        """Return a snapshot of another server's active run; None for any other.

        Its curves are some seconds old. Its wait is estimated for workers of this speed.
        """
        run = self._seen.others.get(run_id)
        if run is None:
            return None
        is_queued = run.status is RunStatus.QUEUED
        wait = estimate_wait(_before(run_id, self._seen.line), speed) if is_queued else None
        return LiveRun(
            run.config, run.status, self._history(run), run.attempt, run.stop_requested, wait
        )

    def stop(self, run_id: str) -> None:
        """Ask the server that trains a run to stop it, which takes a second or two."""
        self._store.active.request_stop(run_id)
        self.refresh()

    def before(self, run_id: str) -> list[ActiveRun]:
        """Return other servers' runs that come before one, those being trained included."""
        seen = self._seen
        return [run for run in _before(run_id, seen.line) if run.id in seen.others]

    def has_turn(self, lab: str, run_id: str) -> bool:
        """Return whether another server trains no run of the lab, and has no older one."""
        others = [run for run in self._seen.others.values() if run.lab == lab]
        own = [run for run in self._seen.line if run.id == run_id]
        return not others or (bool(own) and _rank(own[0]) < min(map(_rank, others)))

    def note_submission(self, run_id: str) -> None:
        """Tell other servers that the scheduler has got a run."""
        try:
            self._store.active.note_submission(run_id)
        except MnistlabError as error:  # its place in line is then not exact
            logger.warning("The turn of run %s can't be noted: %s", run_id, error)

    def count_labs(self) -> int:
        """Return how many labs have runs on other servers."""
        return len({run.lab for run in self._seen.others.values()})

    def _history(self, run: ActiveRun) -> History:
        if run.status is RunStatus.QUEUED and not run.continues:
            return History()
        read_at, history = self._curves.get(run.id, (None, History()))
        if read_at != run.lease_until:
            history = self._store.active.history(run.id)
            self._curves[run.id] = (run.lease_until, history)
        return history


def _before(run_id: str, line: Sequence[ActiveRun]) -> list[ActiveRun]:
    return list(itertools.takewhile(lambda run: run.id != run_id, line))


def _rank(run: ActiveRun) -> tuple[bool, bool, datetime, str]:
    """Return what orders a lab's runs, and those that the scheduler has."""
    since = run.submitted_at or run.queued_at
    return run.status is not RunStatus.RUNNING, run.submitted_at is None, since, run.id


def _in_order(runs: Sequence[ActiveRun]) -> list[ActiveRun]:
    """Return the runs that the scheduler has, then each lab's next, each lab's second next ..."""
    turns: Counter[str] = Counter()
    keys = {}
    for run in sorted(runs, key=_rank):
        is_running, is_held, *since = _rank(run)
        keys[run.id] = (is_running, is_held, turns[run.lab], since)
        turns[run.lab] += is_held
    return sorted(runs, key=lambda run: keys[run.id])
