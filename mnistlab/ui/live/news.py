"""What a page is told of a run that goes on: points after those that it has, and changed parts."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from markupsafe import Markup

from mnistlab.core.training.events import EpochPoint, StepPoint
from mnistlab.core.training.history import History
from mnistlab.ui.live.parts import Parts, Rows
from mnistlab.ui.live.snapshot import RunSnapshot

MOST_POINTS = 1_000
"""Of one message: a page that lacks more reruns instead."""

_DIGITS = 6

Point = TypeVar("Point", StepPoint, EpochPoint)


@dataclass(frozen=True)
class Moment:
    """A run at one moment, rendered once for all who follow it.

    Attributes:
        run: The snapshot; None if the run was deleted before there was one.
        parts: What its page shows of it.
        is_over: Whether this server trains it no longer.
    """

    run: RunSnapshot | None
    parts: Parts = field(default_factory=dict)
    is_over: bool = False


@dataclass
class Reader:
    """What one page has of a run.

    Attributes:
        run_id: The run.
        step: The last step whose points it has.
        parts: What it was told last.
        is_over: Whether it knows that the run has ended.
    """

    run_id: str
    step: int
    parts: dict[str, Markup | Rows] = field(default_factory=dict)
    is_over: bool = False

    def read(self, now: Moment) -> str | None:
        """Return what is new to the page as JSON; None if nothing is."""
        history = now.run.history if now.run else History()
        reached = now.run.step if now.run else 0
        steps = [point for point in _after(history.steps, self.step) if point.step <= reached]
        epochs = _after(history.epochs, self.step)
        parts = {name: html for name, html in now.parts.items() if self.parts.get(name) != html}
        is_news = steps or epochs or parts or now.is_over
        if self.is_over or not is_news:
            return None
        self.is_over = now.is_over
        self.step = max(self.step, reached)
        self.parts.update(parts)
        news = {
            "run": self.run_id,
            "step": self.step,
            "training": [_training(point) for point in steps[-MOST_POINTS:]],
            "validation": [_validation(point, history) for point in epochs[-MOST_POINTS:]],
            "lacks": len(steps) > MOST_POINTS,
            "parts": parts,
            "over": self.is_over,
        }
        return json.dumps(news)


def _after(points: Sequence[Point], step: int) -> Sequence[Point]:
    """Return the points after a step, which are few at the end."""
    start = len(points)
    while start and points[start - 1].step > step:
        start -= 1
    return points[start:]


def _training(point: StepPoint) -> list[float | None]:
    return _round(point.step, point.epoch, point.seconds, point.train_loss, point.train_accuracy)


def _validation(point: EpochPoint, history: History) -> list[float | None]:
    seconds = history.up_to(point.step).seconds
    measured = (point.validation_loss, point.validation_accuracy)
    return _round(point.step, point.epoch, seconds, *measured)


def _round(*numbers: float | None) -> list[float | None]:
    """Shorten numbers; JSON has none that are not finite."""
    return [
        round(each, _DIGITS) if each is not None and math.isfinite(each) else None
        for each in numbers
    ]
