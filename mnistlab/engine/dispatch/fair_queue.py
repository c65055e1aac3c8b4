"""Whose run is next: in rounds, each of which has a run of every lab that wants one.

A lab that asks for ten runs has one in this round and nine in the next nine; another
that comes later still gets into this round. A lab whose rounds lie behind (it did not
ask for anything meanwhile) joins the current one, so that nobody saves up turns, and
nobody who comes again and again pushes back those who wait (start-time fair queueing:
Goyal, Vin & Cheng 1996).

Of each lab one run is trained at a time, so that a newcomer finds a worker free. Where workers
would stand idle, short runs may have them out of turn: whoever comes meanwhile waits for no
longer than such a run takes.
"""

import itertools
import threading
from dataclasses import dataclass, field

_SHORT_SECONDS = 20.0
"""An experiment's runs are shorter. That long a newcomer may be made to wait."""


@dataclass(frozen=True, order=True)
class _Turn:
    """A run's place in the order of all: by round, then as they came."""

    round: int
    number: int
    run_id: str = field(compare=False)
    lab: str = field(compare=False)
    seconds: float = field(compare=False)


class Turns:
    """The runs that have not ended, in the order of their turns. Any thread may use it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._turns: dict[str, _Turn] = {}
        self._numbers = itertools.count()
        self._round = 0
        self._last_round: dict[str, int] = {}

    def add(self, run_id: str, lab: str, seconds: float) -> None:
        """Give a run of `lab`, which takes about so many seconds, the next turn that is fair."""
        with self._lock:
            turn = max(self._round, self._last_round.get(lab, -1) + 1)
            self._last_round[lab] = turn
            self._turns[run_id] = _Turn(turn, next(self._numbers), run_id, lab, seconds)

    def begin(self, run_id: str) -> None:
        """Note that a run is being trained: its round is the current one."""
        with self._lock:
            if run_id in self._turns:
                self._round = max(self._round, self._turns[run_id].round)
                # What lies behind makes no difference to `add`.
                ahead = {lab: turn for lab, turn in self._last_round.items() if turn >= self._round}
                self._last_round = ahead

    def remove(self, run_id: str) -> None:
        """Note that a run has ended or was taken back; turns not used are given back."""
        with self._lock:
            turn = self._turns.pop(run_id, None)
            if turn is not None:
                left = [other.round for other in self._turns.values() if other.lab == turn.lab]
                self._last_round[turn.lab] = max(left, default=min(turn.round, self._round))

    def ready(self, workers: int) -> list[str]:
        """Return the runs that may be trained now, in order.

        They are each lab's first, and then short ones for as many of the `workers` as are left.
        """
        first: dict[str, _Turn] = {}
        ordered = self._ordered()
        for turn in ordered:
            first.setdefault(turn.lab, turn)
        others = [turn for turn in ordered if turn not in first.values()]
        short = [turn for turn in others if turn.seconds <= _SHORT_SECONDS]
        beside = short[: max(0, workers - len(first))]
        return [turn.run_id for turn in sorted([*first.values(), *beside])]

    def round_of(self, run_id: str) -> int:
        """Return the round of a run that has not ended."""
        with self._lock:
            return self._turns[run_id].round

    def before(self, run_id: str) -> list[str]:
        """Return the runs whose turns come before that of `run_id`, running ones included."""
        run_ids = [turn.run_id for turn in self._ordered()]
        return list(itertools.takewhile(lambda other: other != run_id, run_ids))

    def _ordered(self) -> list[_Turn]:
        with self._lock:
            return sorted(self._turns.values())
