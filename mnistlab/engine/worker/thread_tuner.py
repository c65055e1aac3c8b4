"""Chooses the number of threads that a run computes with, by timing its steps.

Threads that share a product wait for the last of them. While a page is rendered beside the
training, one thread has no core and all wait. Results are the same with any number
(`core/data/reproducible.py`). `python -m benchmarks training`, watched_ratio: beside a process
that uses 0.6 of a core, 12,800 images of the notebook's network take 0.61 s with this, 0.82
without.
"""

import time
from collections.abc import Callable

import torch

_SECONDS_OF_A_LAP = 0.012
"""A lap, after which the choice is made anew, is ten steps of the notebook's network.
Rendering a page takes ten times that."""

_SLOW_LAPS = 2
"""In a row, until fewer threads are tried: a single one may be due to a validation."""

_FEWEST_LAPS = 6
_MOST_LAPS = 48
"""How many laps pass until more threads are tried again; twice as many after each failure."""


class ThreadTuner:
    """Chooses the number of threads before each step.

    Fewer are tried as soon as steps take longer than they last did with fewer; more are tried
    at intervals.

    Args:
        fewest: The least number of threads.
        clock: Returns the time in seconds.
    """

    def __init__(self, fewest: int = 1, clock: Callable[[], float] = time.perf_counter) -> None:
        self._fewest = fewest
        self._clock = clock
        self._began = clock()
        self._steps = 0
        self._start(fewest)

    def apply(self, most: int) -> None:
        """Set the number of torch's threads for the next step in this thread."""
        if torch.get_num_threads() != (threads := self.threads(most)):
            torch.set_num_threads(threads)

    def threads(self, most: int) -> int:
        """Return the number for the next step: a power of two up to `most`, itself one."""
        if most != self._most:
            self._start(most)
        now = self._clock()
        self._steps += 1
        if now - self._began >= _SECONDS_OF_A_LAP:
            self._finish_lap((now - self._began) / self._steps)
            self._steps, self._began = 0, now
        return self._now

    def _start(self, most: int) -> None:
        self._most = self._now = self._usual = most
        self._paces: dict[int, float] = {}  # seconds for a step, by the number of threads
        self._patience = _FEWEST_LAPS
        self._laps = self._slow_laps = 0
        self._is_fresh = True

    def _finish_lap(self, pace: float) -> None:
        """Note the seconds that a step takes now, and choose anew."""
        before = self._now
        if self._is_fresh:  # caches have to be filled first
            self._is_fresh = False
            return
        self._paces[self._now] = pace
        if self._now == self._usual:
            self._now = self._choose()
        else:
            self._judge()
        self._is_fresh = self._now != before

    def _choose(self) -> int:
        """Return the number of threads to try now, or the usual one."""
        self._laps += 1
        fewer, more = self._usual // 2, self._usual * 2
        is_slow = self._paces[self._usual] > self._paces.get(fewer, 0.0)
        self._slow_laps = self._slow_laps + 1 if is_slow else 0
        if fewer >= self._fewest and self._slow_laps >= _SLOW_LAPS:
            return fewer
        if more <= self._most and self._laps >= self._patience:
            return more
        return self._usual

    def _judge(self) -> None:
        """Keep the number that was tried, or go back."""
        won = self._paces[self._now] < self._paces[self._usual]
        if self._now > self._usual:
            self._patience = _FEWEST_LAPS if won else min(2 * self._patience, _MOST_LAPS)
        self._laps = self._slow_laps = 0
        if won:
            self._usual = self._now
        self._now = self._usual
