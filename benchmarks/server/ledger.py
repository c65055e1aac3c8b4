"""Runs that had finished, and whether they are still there as they were."""

import hashlib
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path

from mnistlab.core.errors import NotFoundError
from mnistlab.core.run import RunStatus
from mnistlab.store import RunRecord, RunStore, open_store


class Ledger:
    """The runs of some labs, read from the database of a server that goes on beside.

    Args:
        home: The server's folder.
        labs: Gives the keys of the labs.
    """

    def __init__(self, home: Path, labs: Callable[[], Iterable[str]]) -> None:
        self._home = home
        self._labs = labs
        self._finished: dict[str, str] = {}

    @property
    def finished(self) -> int:
        """How many runs were noted as finished."""
        return len(self._finished)

    def runs(self) -> list[RunRecord]:
        """Return all runs of the labs, as they are now."""
        with self._opened() as store:
            return self._read(store)

    def has_running(self) -> bool:
        """Tell whether a run is being trained."""
        return any(run.status is RunStatus.RUNNING for run in self.runs())

    def note_finished(self) -> None:
        """Note what has finished since the last time."""
        with self._opened() as store:
            for run in self._read(store):
                if run.status is RunStatus.FINISHED and run.id not in self._finished:
                    self._finished[run.id] = _fingerprint(store, run.id)

    def lost(self) -> list[str]:
        """Return the runs noted as finished that are not there, or are not the same."""
        with self._opened() as store:
            marks = self._finished.items()
            return [run for run, mark in marks if _fingerprint(store, run) != mark]

    def _read(self, store: RunStore) -> list[RunRecord]:
        return [run for lab in self._labs() for run in store.runs(lab)]

    def _opened(self) -> closing[RunStore]:
        # Closed at once: a killed server's successor has to repair what it left by itself.
        return closing(open_store(self._home).store)


def _fingerprint(store: RunStore, run_id: str) -> str:
    """Return a mark of all that a run has; an empty one if there is no such run."""
    try:
        record = store.run(run_id)
    except NotFoundError:
        return ""
    probabilities = store.test_probabilities(run_id)
    parts = (
        repr(record).encode(),
        store.history(run_id).to_json().encode(),
        store.weights(run_id) or b"",
        store.checkpoint(run_id) or b"",
        b"" if probabilities is None else probabilities.tobytes(),
    )
    return hashlib.sha256(b"\0".join(parts)).hexdigest()
