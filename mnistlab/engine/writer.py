"""Writes curves and results to the store, and retries what fails."""

import logging
import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from mnistlab.core.errors import NotFoundError, StoreError, UnstorableError
from mnistlab.core.settings.limits import Limits
from mnistlab.core.training.history import History
from mnistlab.engine.background import Background
from mnistlab.engine.dispatch.outcome import explain_failure
from mnistlab.engine.live import LiveRuns
from mnistlab.store import RunStore

logger = logging.getLogger(__name__)

_SECONDS_BETWEEN_WRITES = 2.0
"""Between attempts to write to a store that is unavailable."""

_LEAST_SECONDS_BETWEEN_CURVES = 2.0
_MOST_SECONDS_BETWEEN_CURVES = 5.0
_SECONDS_BEFORE_FIRST_EPOCH = 1.0
_VISIBLE_GROWTH = 0.05
"""Of a curve, between two that are saved, so that other servers can show it. Each takes 7 ms of
processor time, for 200 epochs 46 ms, which delays training."""

_ATTEMPTS = 3
"""To write a result to an available store: memory may be short for a moment."""

_KEPT = (
    "Results are kept in memory and saved as soon as that works again. "
    "You don't need to do anything."
)


@dataclass
class RunEnd:
    """How an attempt at a run ended, to be written.

    Attributes:
        run_id: The run.
        attempt: Which of its attempts has ended.
        save: Writes the end.
        fail: Writes instead that the run failed, given why, if the end can't be written.
        limits: What the store may hold.
        failures: How often it could not be written although the store was available.
    """

    run_id: str
    attempt: int
    save: Callable[[], None]
    fail: Callable[[str], None]
    limits: Limits
    failures: int = 0


class Writer:
    """Writes in a thread of its own, and retries what can't be written.

    An end that can't be written does not delay others. While the store is unavailable, it is
    retried without limit; if there is another reason, the run is marked as failed after three
    attempts, with that reason.

    Args:
        store: Where to write.
        live: The active runs; one is removed when its end has been written.
    """

    def __init__(self, store: RunStore, live: LiveRuns) -> None:
        self._store = store
        self._live = live
        self._next_at: dict[str, float] = {}  # when a run's curve is to be written again
        # The ends to be retried, by run and attempt, and why.
        self._waiting: dict[tuple[str, int], tuple[RunEnd, str]] = {}
        self._thread = Background("mnistlab-write")

    @property
    def trouble(self) -> str:
        """Why a result can't be saved just now; empty if all is well."""
        return next((reason for _, reason in list(self._waiting.values())), "")

    def close(self) -> None:
        """Write what is pending, with one attempt for each end."""
        for end, _ in list(self._waiting.values()):
            self._thread.do(self._write_end, end)
        self._thread.finish()

    def save_curve(self, run_id: str) -> None:
        """Save a run's curve soon, unless that is pending or has just been done."""
        if time.monotonic() >= self._next_at.get(run_id, 0.0):
            self._next_at[run_id] = math.inf
            self._thread.do(self._write_curve, run_id)

    def save_change(self, run_id: str) -> None:
        """Save a run's curve and settings soon, even if the curve has just been saved."""
        self._thread.do(self._write_curve, run_id)

    def save_end(self, end: RunEnd) -> None:
        """Save how a run ended, however long that takes; then make room for the next."""
        self._thread.do(self._write_end, end)

    def _write_curve(self, run_id: str) -> None:
        self._next_at.pop(run_id, None)
        live = self._live.look(run_id)
        if live is None or (run_id, live.attempt) in self._waiting:
            return
        self._next_at[run_id] = time.monotonic() + _pause(live.history)
        try:
            self._store.save_history(run_id, live.history, live.attempt)
        except Exception:  # the next one, or the result, has the same points
            logger.exception("The curve of run %s can't be saved", run_id)

    def _write_end(self, end: RunEnd) -> None:
        try:
            end.save()
        except Exception as error:
            self._try_again(end, error)
            return
        self._waiting.pop((end.run_id, end.attempt), None)
        self._next_at.pop(end.run_id, None)
        self._live.remove(end.run_id, end.attempt)
        self._make_room(end)

    def _try_again(self, end: RunEnd, error: Exception) -> None:
        """Retry later; after the last attempt, mark the run as failed instead."""
        logger.warning("The end of run %s can't be saved yet: %r", end.run_id, error)
        is_away = isinstance(error, StoreError) and not isinstance(error, UnstorableError)
        end.failures += not is_away
        if end.failures == _ATTEMPTS:
            reason = str(explain_failure("The result of this run could not be saved", error))
            end.save = lambda: end.fail(reason)
        problem = error.problem if isinstance(error, StoreError) else "A result can't be saved."
        self._waiting[end.run_id, end.attempt] = (end, f"{problem} {_KEPT}")
        self._thread.do_later(_SECONDS_BETWEEN_WRITES, self._write_end, end)

    def _make_room(self, end: RunEnd) -> None:
        try:
            lab = self._store.run(end.run_id).lab
            for run_id in self._store.upkeep.make_room(lab, end.limits):
                logger.info("Run %s was removed to make room", run_id)
        except NotFoundError:
            pass  # deleted meanwhile, so that no room is needed
        except Exception:  # the end of the next run is another opportunity
            logger.exception("Old runs can't be removed")


def _pause(history: History) -> float:
    """Return the seconds before a run's next curve is saved, so that the first epoch is at once."""
    if not history.epochs_done:
        return _SECONDS_BEFORE_FIRST_EPOCH if history.steps else 0.0
    wanted = _VISIBLE_GROWTH * history.seconds
    return max(_LEAST_SECONDS_BETWEEN_CURVES, min(wanted, _MOST_SECONDS_BETWEEN_CURVES))
