"""How a run's loss changes from epoch to epoch: its pace, its oscillation, and their errors."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from mnistlab.core.analysis.curves import Split
from mnistlab.core.analysis.diagnosis.change import (
    Change,
    change_between,
    has_all_errors,
    training_change,
)
from mnistlab.core.analysis.diagnosis.overfitting import FEWEST_IMAGES
from mnistlab.core.training.events import EpochPoint
from mnistlab.core.training.history import History, Measure

FEWEST_EPOCHS = 3
"""Two changes: one alone has no direction."""


@dataclass(frozen=True)
class Trend:
    """The losses of a run's epochs, the untrained network left out.

    Attributes:
        split: The images they were measured on.
        points: The epochs, at least `FEWEST_EPOCHS`.
    """

    split: Split
    points: tuple[EpochPoint, ...]

    @property
    def now(self) -> float:
        """The latest epoch's loss, in nats for each image."""
        return self.loss(self.points[-1])

    @property
    def stretch(self) -> int:
        """Epochs that count as the latest: a third of the run, two at least."""
        return max(2, len(self.points) // 3)

    @property
    def turn(self) -> EpochPoint:
        """The epoch after which the latest ones begin."""
        return self.points[-1 - self.stretch]

    @cached_property
    def pace(self) -> float:
        """Share by which each of the latest epochs reduced the loss; below 0 if it grew."""
        return _log_ratio(self.loss(self.turn), self.now) / self.stretch

    @property
    def training_pace(self) -> float:
        """The same of the training loss."""
        now = self.points[-1].train_loss or 0.0
        return _log_ratio(self.turn.train_loss or 0.0, now) / self.stretch

    @property
    def pace_error(self) -> float:
        """Standard error of the pace."""
        error = self.change(self.turn, self.points[-1]).error
        return error / max(self.now, LEAST_LOSS) / self.stretch

    @property
    def earlier_pace(self) -> float | None:
        """The pace of as many epochs before the latest; None if there are fewer."""
        before = len(self.points) - 1 - 2 * self.stretch
        if before < 0:
            return None
        return _log_ratio(self.loss(self.points[before]), self.loss(self.turn)) / self.stretch

    @cached_property
    def oscillation(self) -> float:
        """The mean share of the loss by which it rises and falls again in an epoch.

        The logarithms of rises beyond chance and of falls are summed from the first rise to the
        last fall; the lesser of both sums is the oscillation.
        """
        moves = [self._move(*pair) for pair in itertools.pairwise(self.points)]
        after_rise = list(itertools.dropwhile(lambda move: move <= 0, moves))
        last_fall = max((place for place, move in enumerate(after_rise) if move < 0), default=-1)
        between = after_rise[: last_fall + 1]
        rises = sum(move for move in between if move > 0)
        falls = -sum(move for move in between if move < 0)
        return min(rises, falls) / len(moves)

    def _move(self, before: EpochPoint, after: EpochPoint) -> float:
        """Return the logarithm of the factor between two losses; 0 within chance."""
        change = self.change(before, after)
        if change.is_beyond_chance or change.is_better_beyond_chance:
            return _log_ratio(self.loss(after), self.loss(before))
        return 0.0

    @property
    def is_falling(self) -> bool:
        """Whether it fell beyond chance in both of the last two quarters."""
        quarter = max(1, len(self.points) // 4)
        marks = (self.points[-1 - 2 * quarter], self.points[-1 - quarter], self.points[-1])
        return all(self.change(*pair).is_better_beyond_chance for pair in itertools.pairwise(marks))

    @property
    def fell_lately(self) -> bool:
        """Whether it fell beyond chance over the latest epochs."""
        return self.change(self.turn, self.points[-1]).is_better_beyond_chance

    def loss(self, point: EpochPoint) -> float:
        """Return an epoch's loss, in nats for each image."""
        loss = point.train_loss if self.split is Split.TRAINING else point.validation_loss
        return loss or 0.0

    def change(self, before: EpochPoint, after: EpochPoint) -> Change:
        """Return how much worse the loss became between two epochs."""
        if self.split is Split.TRAINING:
            return training_change(before, after)
        return change_between(before, after, Measure.LOSS)

    def level_since(self, tolerance: float) -> int:
        """Return the first epoch since which the loss was level.

        Args:
            tolerance: The share by which it may differ beyond chance.
        """
        now = self.points[-1]
        level = now.epoch
        for point in reversed(self.points):
            change = self.change(point, now)
            share = abs(_log_ratio(self.loss(point), self.now))
            if share > tolerance and (change.is_beyond_chance or change.is_better_beyond_chance):
                break
            level = point.epoch
        return level


LEAST_LOSS = 1e-12
"""In place of a loss of 0 where its logarithm is taken."""


def _log_ratio(one: float, other: float) -> float:
    # A difference of logarithms, since the ratio of two losses may overflow.
    return math.log(max(one, LEAST_LOSS)) - math.log(max(other, LEAST_LOSS))


def find_trend(history: History, validation_images: int) -> Trend | None:
    """Return the trend of the validation loss, or else of the training loss.

    Returns:
        None before there are enough epochs.
    """
    points = tuple(point for point in history.epochs if point.epoch > 0)
    if len(points) < FEWEST_EPOCHS:
        return None
    return Trend(_choose_split(points, validation_images), points)


def _choose_split(points: Sequence[EpochPoint], validation_images: int) -> Split:
    if validation_images < FEWEST_IMAGES:
        return Split.TRAINING
    return Split.VALIDATION if all(map(has_all_errors, points)) else Split.TRAINING
