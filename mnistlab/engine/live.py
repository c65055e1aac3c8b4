"""Runs under way, in the server's memory: what pages look at while they go on."""

import threading
from dataclasses import dataclass

from mnistlab.core.config import RunConfig
from mnistlab.core.history import History
from mnistlab.core.run import RunStatus


@dataclass(frozen=True)
class LiveRun:
    """A run that is not over, as it is at one moment.

    Attributes:
        config: Its settings.
        status: QUEUED or RUNNING.
        history: Its curves so far; a copy, so that it stays as it is.
        is_stopping: Whether it was told to stop and has not yet.
    """

    config: RunConfig
    status: RunStatus
    history: History
    is_stopping: bool


class _Entry:
    def __init__(self, config: RunConfig, before: History) -> None:
        self.config = config
        self.history = before.copy()
        self.attempt: str | None = None
        self.is_stopping = False


class LiveRuns:
    """The runs under way, safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Condition()
        self._entries: dict[str, _Entry] = {}

    def add(self, run_id: str, config: RunConfig, before: History) -> None:
        """Begin to follow a run, whose earlier part, if any, left the curves `before`."""
        with self._lock:
            self._entries[run_id] = _Entry(config, before)

    def remove(self, run_id: str) -> None:
        """Stop following a run."""
        with self._lock:
            self._entries.pop(run_id, None)
            self._lock.notify_all()

    def wait_for_end(self, run_id: str, seconds: float) -> None:
        """Return when a run is not followed any more, or after `seconds`."""
        with self._lock:
            self._lock.wait_for(lambda: run_id not in self._entries, seconds)

    def ids(self) -> list[str]:
        """Return the runs that are followed."""
        with self._lock:
            return list(self._entries)

    def update(self, run_id: str, attempt: str, news: History) -> None:
        """Append points; a new attempt begins with the whole curve so far."""
        with self._lock:
            entry = self._entries.get(run_id)
            if entry is None:
                return
            if attempt != entry.attempt:
                entry.attempt = attempt
                entry.history = History()
            entry.history.steps += news.steps
            entry.history.epochs += news.epochs

    def stop(self, run_id: str) -> RunStatus | None:
        """Note that a run was told to stop; return its status, None if it is not followed."""
        with self._lock:
            entry = self._entries.get(run_id)
            if entry is None:
                return None
            entry.is_stopping = True
            return _status(entry)

    def look(self, run_id: str) -> LiveRun | None:
        """Return a run as it is now, None if it is not followed."""
        with self._lock:
            entry = self._entries.get(run_id)
            if entry is None:
                return None
            history = entry.history.copy()
            return LiveRun(entry.config, _status(entry), history, entry.is_stopping)


def _status(entry: _Entry) -> RunStatus:
    return RunStatus.QUEUED if entry.attempt is None else RunStatus.RUNNING
