"""Active runs in the server's memory, for pages that show them."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from mnistlab.core.run import RunStatus
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.cost.speed import Speed
from mnistlab.core.training.history import History


@dataclass(frozen=True)
class Wait:
    """A queued run's place.

    Attributes:
        place: Its place among the queued runs, from 1.
        seconds: About how long until it starts; None before the machine's speed is known.
        runs_before: How many runs come before it, those that are being trained included.
    """

    place: int
    seconds: float | None
    runs_before: int


@dataclass(frozen=True)
class LiveRun:
    """A snapshot of an active run.

    Attributes:
        config: Its settings, with the learning rate's changes so far.
        status: QUEUED or RUNNING.
        history: Its curves so far; a copy, which later points don't change.
        attempt: Which of the run's attempts in the store this is.
        is_stopping: Whether a stop was requested.
        wait: Its place in the queue; None when it is RUNNING.
    """

    config: RunConfig
    status: RunStatus
    history: History
    attempt: int
    is_stopping: bool
    wait: Wait | None = None

    @property
    def share_left(self) -> float:
        """The share of its epochs that is still to be trained, from 0 to 1."""
        return 1 - self.history.epochs_trained / self.config.epochs


class _Entry:
    def __init__(self, config: RunConfig, before: History, stored_attempt: int) -> None:
        self.config = config
        self.history = before.copy()
        self.attempt: str | None = None
        self.stored_attempt = stored_attempt
        self.is_stopping = False


class LiveRuns:
    """The active runs, safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Condition()
        self._entries: dict[str, _Entry] = {}

    def add(self, run_id: str, config: RunConfig, before: History, attempt: int) -> None:
        """Add a run, whose earlier part, if any, has the curves `before`."""
        with self._lock:
            self._entries[run_id] = _Entry(config, before, attempt)

    def remove(self, run_id: str, attempt: int) -> None:
        """Remove a run whose attempt has ended, unless a newer one has begun."""
        with self._lock:
            entry = self._entries.get(run_id)
            if entry is not None and entry.stored_attempt == attempt:
                del self._entries[run_id]
                self._lock.notify_all()

    def wait_for_end(self, run_id: str, seconds: float) -> None:
        """Return when a run is removed, or after `seconds`."""
        with self._lock:
            self._lock.wait_for(lambda: run_id not in self._entries, seconds)

    def wait_for_other_config(self, run_id: str, config: RunConfig, seconds: float) -> None:
        """Return when a run's settings are no longer `config` or it is removed, or after a time."""

        def is_other() -> bool:
            entry = self._entries.get(run_id)
            return entry is None or entry.config != config

        with self._lock:
            self._lock.wait_for(is_other, seconds)

    def ids(self) -> list[str]:
        """Return the runs' ids."""
        with self._lock:
            return list(self._entries)

    def update(self, run_id: str, attempt: str, news: History) -> bool:
        """Append points; those of a new attempt replace the earlier ones.

        Returns:
            Whether it is a new attempt.
        """
        with self._lock:
            entry = self._entries.get(run_id)
            if entry is None:
                return False
            is_new = attempt != entry.attempt
            if is_new:
                entry.attempt = attempt
                entry.history = History()
            entry.history.extend(news)
            if news.rate_changes:
                entry.config = entry.config.with_rate_changes(news.rate_changes)
                self._lock.notify_all()
            return is_new

    def stop(self, run_id: str) -> RunStatus | None:
        """Note that a run's stop was requested; return its status, None if it is not active."""
        with self._lock:
            entry = self._entries.get(run_id)
            if entry is None:
                return None
            entry.is_stopping = True
            return _status(entry)

    def look(self, run_id: str) -> LiveRun | None:
        """Return a snapshot of a run, None if it is not active."""
        with self._lock:
            entry = self._entries.get(run_id)
            if entry is None:
                return None
            history = entry.history.copy()
            return LiveRun(
                entry.config, _status(entry), history, entry.stored_attempt, entry.is_stopping
            )


def _status(entry: _Entry) -> RunStatus:
    return RunStatus.QUEUED if entry.attempt is None else RunStatus.RUNNING


class Ahead(Protocol):
    """What counts of a run that comes before another; `LiveRun` says what each is."""

    @property
    def config(self) -> RunConfig: ...
    @property
    def status(self) -> RunStatus: ...
    @property
    def share_left(self) -> float: ...


def estimate_wait(before: Sequence[Ahead], speed: Speed | None) -> Wait:
    """Estimate when a run starts that is queued behind the runs `before`.

    Runs are assumed to be trained one after another. Two at a time take about twice as long
    each.
    """
    place = 1 + sum(run.status is RunStatus.QUEUED for run in before)
    if speed is None:
        return Wait(place, None, len(before))
    seconds = sum(speed.run_seconds(run.config) * run.share_left for run in before)
    return Wait(place, seconds, len(before))
