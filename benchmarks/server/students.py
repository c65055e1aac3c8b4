"""Students who train run after run, whatever happens to the server meanwhile."""

import functools
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from benchmarks.harness.sessions import RefusedError, Session, Snapshot, UnreachableError
from mnistlab.ui.navigation import PAGES

_SECONDS_BETWEEN_LOOKS = 0.5
_UNDER_WAY = ("Queued", "Training")
_LOST = "unknown_session"
"""What the server answers to sessions of the one before it."""


@dataclass
class Notes:
    """What a class of students saw, shared between their threads.

    Attributes:
        ends: How often a run was seen to end in each state.
        stuck: Runs, or presses of Train, that came to no end in time.
        tracebacks: Answers that showed an exception instead of kind words.
        kind_errors: Errors that pages showed in kind words.
    """

    ends: Counter[str] = field(default_factory=Counter)
    stuck: list[str] = field(default_factory=list)
    tracebacks: list[str] = field(default_factory=list)
    kind_errors: Counter[str] = field(default_factory=Counter)


class OverdueError(Exception):
    """Something took longer than it may."""


class Student:
    """One visitor with a lab, who comes back to it when the server was away.

    Args:
        address: The server's.
        settings: What to train, as in a link.
        seconds: How long a run may take from Train to its end.
        notes: Where to write down what is seen.
        seed: Decides what is done besides training.
    """

    def __init__(
        self, address: str, settings: Mapping[str, str], seconds: float, notes: Notes, seed: int
    ) -> None:
        self._address = address
        self._settings = settings
        self._seconds = seconds
        self._notes = notes
        self._random = random.Random(seed)
        self._query: Mapping[str, str] = settings
        self._until = time.monotonic() + seconds
        self._session = Session(address)
        self._is_new = True

    @property
    def lab(self) -> str | None:
        """The key of the lab, None before its first page came."""
        return self._query.get("lab")

    def work(self, over: threading.Event) -> None:
        """Train until it is over; then once more, which has to finish."""
        while not over.is_set():
            self.train()
        if (state := self.train()) != "Finished":
            self._notes.stuck.append(f"Train pressed after the last kill: {state}")

    def train(self) -> str:
        """Train one run and see how it ends; return the state that its page tells."""
        self._until = time.monotonic() + self._seconds
        before = self._query.get("run")
        try:
            snapshot = self._press("train")
            while snapshot.query.get("run") == before:
                time.sleep(_SECONDS_BETWEEN_LOOKS)
                snapshot = self._press("train")
            state = self._watch(snapshot)
            if state == "Finished":
                self._look_around()
            elif state == "Interrupted" and self._random.random() < 0.5:
                self._notes.ends[state] += 1
                state = self._watch(self._press("run_again"))
        except OverdueError:
            state = "stuck"
            self._notes.stuck.append(f"run {self._query.get('run')} of lab {self.lab}")
        self._notes.ends[state] += 1
        return state

    def _watch(self, snapshot: Snapshot) -> str:
        while (state := _state(snapshot)) in _UNDER_WAY or state is None:
            time.sleep(_SECONDS_BETWEEN_LOOKS)
            snapshot = self._look()
        return state

    def _look_around(self) -> None:
        """Visit the other pages, then come back."""
        for page in (*PAGES[1:], PAGES[0]):
            self._persist(functools.partial(Session.open, page=page.name))

    def _look(self) -> Snapshot:
        return self._persist(Session.look)

    def _press(self, key: str) -> Snapshot:
        """Press a button once; if the server goes meanwhile, see what became of it."""
        if self._is_new:
            self._look()
        try:
            return self._note(self._session.press(key))
        except (UnreachableError, RefusedError) as error:
            self._recover(error)
            return self._look()

    def _persist(self, action: Callable[[Session], Snapshot]) -> Snapshot:
        """Do something on the page, in new sessions while the server loses them."""
        while True:
            try:
                if self._is_new:
                    self._reopen()
                return self._note(action(self._session))
            except (UnreachableError, RefusedError) as error:
                self._recover(error)

    def _reopen(self) -> None:
        self._session = Session(self._address)
        self._note(self._session.open("train", self._query))
        self._is_new = False

    def _recover(self, error: Exception) -> None:
        """Begin a new session, as a browser does, a moment after one was lost."""
        if isinstance(error, RefusedError) and error.code != _LOST:
            self._notes.tracebacks += [str(error)] if error.code == "internal_error" else []
            print(f"refused: {error}", file=sys.stderr)
        if time.monotonic() > self._until:
            raise OverdueError
        self._is_new = True
        time.sleep(_SECONDS_BETWEEN_LOOKS)

    def _note(self, snapshot: Snapshot) -> Snapshot:
        self._query = snapshot.query
        if snapshot.has_traceback:
            self._notes.tracebacks.append(snapshot.answer)
        self._notes.kind_errors.update(error.text for error in snapshot.of_type("error"))
        if time.monotonic() > self._until:
            raise OverdueError
        return snapshot


def _state(snapshot: Snapshot) -> str | None:
    """Return the state of the run in view, as the table of runs has it."""
    table = snapshot.element("runs")
    rows = table.rows if table else ()
    return next((str(row["Status"]) for row in rows if row["Open"]), None)
