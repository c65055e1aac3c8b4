"""How often a start or a run is retried."""

from collections import Counter

_STARTS = 3
_ATTEMPTS = 4
"""As many deaths of its worker as Dask allows a run by default (`allowed-failures`)."""
ATTEMPTS_OF_ALL = 12
"""How often a run may begin on clusters that are lost as a whole: it may be the cause."""


class RetryPolicy:
    """Counts attempts, so that a single accident fails no run and a bad run fails no others.

    A cluster that fails to start three times in a row fails all runs. A run fails once its
    worker has died four times. Dask counts each death against all runs assigned to the worker,
    queued ones included, so that one run that takes too much memory would fail others. Here the
    number of times that a run has begun counts: a run that Dask fails earlier is sent again.
    """

    def __init__(self) -> None:
        self._failed_starts = 0
        self._attempts: Counter[str] = Counter()

    def note_start(self) -> None:
        """Note that the cluster has started."""
        self._failed_starts = 0

    def ends_after_failed_start(self) -> bool:
        """Note that the cluster did not start; return whether all runs fail by that."""
        self._failed_starts += 1
        return self._failed_starts >= _STARTS

    def note_begin(self, run_id: str) -> None:
        """Note that a run has begun, for the first time or again."""
        self._attempts[run_id] += 1

    def ends_after_deaths(self, run_id: str) -> bool:
        """Note that Dask failed a run; return whether it is final."""
        if self._attempts[run_id] >= _ATTEMPTS:
            return True
        self._attempts[run_id] += 1  # in case that its beginning was not reported
        return False

    def ends_after_loss(self, run_id: str) -> bool:
        """Return whether a run fails now that its cluster was lost as a whole."""
        return self._attempts[run_id] >= ATTEMPTS_OF_ALL

    def forget(self, run_id: str) -> None:
        """Note that a run has ended or was withdrawn."""
        self._attempts.pop(run_id, None)
