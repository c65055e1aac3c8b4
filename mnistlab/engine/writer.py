"""Writes curves and results down as they come, whatever the store is up to."""

import logging
import math
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from mnistlab.core.errors import MnistlabError, NotFoundError, StoreError
from mnistlab.core.settings.limits import Limits
from mnistlab.engine.live import LiveRuns
from mnistlab.store import RunStore

logger = logging.getLogger(__name__)

_SECONDS_BETWEEN_WRITES = 2.0
"""Between attempts to write to a store that is away. Training costs more than waiting."""

_SECONDS_BETWEEN_CURVES = 5.0
"""Of a run, at least. Each takes some 15 ms that the training beside it has to wait for."""

_KEPT = (
    "What has been trained is kept in memory, and saved as soon as that works again. "
    "Nothing needs to be done on this page."
)


class Writer:
    """Writes in a thread of its own, one thing after another.

    Args:
        store: Where to write.
        live: The runs under way; one is let go when its end has been written.

    Attributes:
        trouble: Why nothing can be saved just now; empty if all is well.
    """

    def __init__(self, store: RunStore, live: LiveRuns) -> None:
        self.trouble = ""
        self._store = store
        self._live = live
        self._next_at: dict[str, float] = {}  # when a run's curve is to be written again
        self._closing = threading.Event()
        self._thread = ThreadPoolExecutor(1, "mnistlab-write")

    def close(self) -> None:
        """Write what is there to be written, unless the store is away."""
        self._closing.set()
        self._thread.shutdown()

    def save_curve(self, run_id: str) -> None:
        """Save a run's curve so far, soon, unless that is about to be done or has just been."""
        if time.monotonic() >= self._next_at.get(run_id, 0.0):
            self._next_at[run_id] = math.inf
            self._thread.submit(self._write_curve, run_id)

    def save_end(self, run_id: str, save: Callable[[], None], limits: Limits) -> None:
        """Save how a run ended, however long that takes; then make room for the next.

        Args:
            run_id: The run.
            save: Writes the end.
            limits: What the store may hold.
        """
        self._thread.submit(self._write_end, run_id, save, limits)

    def _write_curve(self, run_id: str) -> None:
        self._next_at.pop(run_id, None)
        live = self._live.look(run_id)
        if live is None:
            return
        if live.history.epochs_done:  # so that the first epoch does not wait
            self._next_at[run_id] = time.monotonic() + _SECONDS_BETWEEN_CURVES
        try:
            self._store.mark(run_id, live.status)
            self._store.save_history(run_id, live.history)
        except MnistlabError:
            logger.exception("The curve of run %s can't be saved", run_id)

    def _write_end(self, run_id: str, save: Callable[[], None], limits: Limits) -> None:
        try:
            while not self._is_saved(run_id, save):
                if self._closing.wait(_SECONDS_BETWEEN_WRITES):
                    return
        finally:
            self._next_at.pop(run_id, None)
            self._live.remove(run_id)
        self._make_room(run_id, limits)

    def _is_saved(self, run_id: str, save: Callable[[], None]) -> bool:
        try:
            save()
        except StoreError as error:
            logger.warning("The result of run %s can't be saved yet: %s", run_id, error)
            self.trouble = f"{error.problem} {_KEPT}"
            return False
        self.trouble = ""
        return True

    def _make_room(self, ended: str, limits: Limits) -> None:
        try:
            lab = self._store.run(ended).lab
            for run_id in self._store.upkeep.make_room(lab, limits):
                logger.info("Run %s was removed to make room", run_id)
        except NotFoundError:
            pass  # deleted at once: then there is no more than before
        except MnistlabError:
            logger.exception("Old runs can't be removed")
