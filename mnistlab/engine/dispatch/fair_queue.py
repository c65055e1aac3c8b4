"""Which run is trained next: round-robin over labs, across all servers of a cluster.

One run of each lab is submitted to the cluster at a time, the next only when it has ended.
The cluster's queue, which is first in, first out, thus alternates between labs: a new lab
waits for at most one run of each other lab.

Idle workers are given further short runs of a lab: a new lab then waits for one of these at
most.
"""

import itertools
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

_SHORT_SECONDS = 20.0
"""An experiment's runs are shorter. A new lab may have to wait that long."""

HasTurn: TypeAlias = Callable[[str, str], bool]


@dataclass(frozen=True)
class _Entry:
    run_id: str
    lab: str
    seconds: float


class FairQueue:
    """One server's runs that have not ended, by lab. Any thread may use it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        # The labs in the order in which their first runs were submitted to the cluster.
        self._labs: dict[str, list[_Entry]] = {}

    def add(self, run_id: str, lab: str, seconds: float) -> None:
        """Add a run of `lab` behind its others; it takes about `seconds`."""
        with self._lock:
            self._labs.setdefault(lab, []).append(_Entry(run_id, lab, seconds))

    def remove(self, run_id: str) -> None:
        """Remove a run that has ended or was withdrawn; the lab's next one is then ready."""
        with self._lock:
            entry = next((each for each in self._ordered() if each.run_id == run_id), None)
            if entry is None:
                return
            entries = self._labs[entry.lab]
            was_first = entries[0] is entry
            entries.remove(entry)
            if was_first:
                del self._labs[entry.lab]
                if entries:
                    self._labs[entry.lab] = entries  # at the end

    def ready(self, workers: int, has_turn: HasTurn = lambda lab, run_id: True) -> list[str]:
        """Return the runs that may be submitted to the cluster now, in order.

        They are each lab's first, then short ones for the rest of the `workers`. A run of which
        `has_turn(lab, run_id)` is false is passed over: another server trains one of its lab.
        """
        with self._lock:
            of_labs = [
                [entry for entry in entries if has_turn(lab, entry.run_id)]
                for lab, entries in self._labs.items()
            ]
        count, ordered = sum(map(bool, of_labs)), _in_rounds(of_labs)
        short = [entry for entry in ordered[count:] if entry.seconds <= _SHORT_SECONDS]
        return [entry.run_id for entry in ordered[:count] + short[: max(0, workers - count)]]

    def before(self, run_id: str) -> list[str]:
        """Return the runs that come before `run_id`, those being trained included."""
        with self._lock:
            run_ids = [entry.run_id for entry in self._ordered()]
        return list(itertools.takewhile(lambda other: other != run_id, run_ids))

    def _ordered(self) -> list[_Entry]:
        return _in_rounds(self._labs.values())


def _in_rounds(of_labs: Iterable[list[_Entry]]) -> list[_Entry]:
    """Return each lab's first run, then each lab's second, and so on."""
    rounds = itertools.zip_longest(*of_labs)
    return [entry for entry in itertools.chain.from_iterable(rounds) if entry is not None]
