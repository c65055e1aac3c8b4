"""One student of a class: trains, watches, visits every page, asks for a prediction."""

import functools
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from benchmarks.harness.visitors import View, Visitor
from mnistlab.core.settings.config import RunConfig
from mnistlab.ui.navigation import PAGES

_SECONDS_BETWEEN_LOOKS = {"running": 1.0, "queued": 2.0}
_SPREAD = 0.2
"""As a page asks by itself (`mnistlab/ui/train/panel.py`, `components/ticker/ticker.js`)."""

_SECONDS_BETWEEN_VISITS = (10.0, 20.0)
"""Students press Train together, at a teacher's word, but look around when they like."""

_SECONDS_TO_END = 1800.0


class StuckError(Exception):
    """A run did not end, or a page did not show what it should."""


@dataclass
class Diary:
    """What a student saw.

    Attributes:
        config: The settings of the run that was asked for.
        run_id: The run, once Train was pressed.
        asked_at: When that was, by `time.monotonic`.
        first_point_at: When its curve was first seen.
        ended_at: When it was seen to have ended.
        page_seconds: From each request to the page complete.
        tracebacks: Pages that showed one.
    """

    config: RunConfig
    run_id: str = ""
    asked_at: float = 0.0
    first_point_at: float | None = None
    ended_at: float | None = None
    page_seconds: list[float] = field(default_factory=list)
    tracebacks: int = 0


class Classmate:
    """A student with a lab of their own.

    Args:
        tab: Their own.
        config: What to train.
    """

    def __init__(self, tab: Visitor, config: RunConfig) -> None:
        self.diary = Diary(config)
        self._tab = tab
        self._random = random.Random(config.seed)

    def arrive(self) -> None:
        """Open the Train page by a link that carries the settings."""
        self._note(lambda: self._tab.open("train", self.diary.config.to_query()))

    def work(self) -> None:
        """Press Train and watch to the end, with a visit to other pages now and then."""
        self.diary.asked_at = time.monotonic()
        page = self._note(lambda: self._tab.press("train"))
        self.diary.run_id = page.query["run"]
        visit_at = self._next_visit()
        while (status := _status(page)) in _SECONDS_BETWEEN_LOOKS:
            if time.monotonic() - self.diary.asked_at > _SECONDS_TO_END:
                raise StuckError(f"Run {self.diary.run_id} is still {status}")
            if time.monotonic() > visit_at:
                self._look_around()
                visit_at = self._next_visit()
            spread = self._random.uniform(1 - _SPREAD, 1 + _SPREAD)
            time.sleep(_SECONDS_BETWEEN_LOOKS[status] * spread)
            page = self._look()
        self.diary.ended_at = time.monotonic()

    def study(self) -> None:
        """Look at the mistakes, and have a test digit read."""
        self._note(lambda: self._tab.open("mistakes"))
        self._note(lambda: self._tab.open("draw"))
        self._note(lambda: self._tab.choose("way", "Test digit"))
        self._note(lambda: self._tab.open("train"))

    def _next_visit(self) -> float:
        return time.monotonic() + self._random.uniform(*_SECONDS_BETWEEN_VISITS)

    def _look_around(self) -> None:
        for page in (*PAGES[1:], PAGES[0]):
            self._note(functools.partial(self._tab.open, page.name))

    def _look(self) -> View:
        """Look as the page does by itself: at the run alone, by a switch that is not moved."""
        page = self._note(lambda: self._tab.switch("whole_range", False))
        if self.diary.first_point_at is None and page.has_points:
            self.diary.first_point_at = time.monotonic()
        return page

    def _note(self, ask: Callable[[], View]) -> View:
        began = time.monotonic()
        page = ask()
        self.diary.page_seconds.append(time.monotonic() - began)
        self.diary.tracebacks += page.has_traceback
        return page


def _status(page: View) -> str:
    if page.run_status is None:
        raise StuckError("The Train page shows no run")
    return page.run_status
