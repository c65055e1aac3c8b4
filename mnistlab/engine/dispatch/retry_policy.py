"""How often a start or a run is tried again before it is given up."""

from collections import Counter

_STARTS = 3
_ATTEMPTS = 4
"""As many deaths of its worker as Dask allows a run by default (`allowed-failures`)."""
ATTEMPTS_OF_ALL = 12
"""So often a run may begin at all, on clusters that were lost as a whole: if it is this
run that takes them down, there has to be an end."""


class RetryPolicy:
    """Counts attempts, so that an accident fails no run and a bad run fails no others.

    A cluster that is killed while it starts fails no run; one that does not start three
    times in a row fails all. A run is given up once its worker has died four times. Dask
    counts each death against all runs that the worker had, those that only waited there
    too, so that one run that takes too much memory would fail others. Here it counts how
    often a run has begun: what Dask gave up before is sent again.
    """

    def __init__(self) -> None:
        self._failed_starts = 0
        self._attempts: Counter[str] = Counter()

    def note_start(self) -> None:
        """Note that the cluster has started."""
        self._failed_starts = 0

    def ends_after_failed_start(self) -> bool:
        """Note that the cluster did not start; tell whether all runs are to be given up."""
        self._failed_starts += 1
        return self._failed_starts >= _STARTS

    def note_begin(self, run_id: str) -> None:
        """Note that a run has begun, for the first time or again."""
        self._attempts[run_id] += 1

    def ends_after_deaths(self, run_id: str) -> bool:
        """Note that Dask gave a run up; tell whether that is to be the end."""
        if self._attempts[run_id] >= _ATTEMPTS:
            return True
        self._attempts[run_id] += 1  # or there would be no end if no beginning is heard of
        return False

    def ends_after_loss(self, run_id: str) -> bool:
        """Tell whether a run is to be given up now that its cluster was lost as a whole."""
        return self._attempts[run_id] >= ATTEMPTS_OF_ALL

    def forget(self, run_id: str) -> None:
        """Note that a run has ended or was withdrawn."""
        self._attempts.pop(run_id, None)
