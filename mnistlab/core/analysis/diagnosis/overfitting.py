"""Whether a run overfits, since when, and how much worse it has become.

Overfitting began where the validation figure was best, if it has become worse since by more
than chance explains while the training loss still fell.

That is decided by a paired test on single images (Dietterich 1998, Approximate Statistical
Tests for Comparing Supervised Classification Learning Algorithms, Neural Computation 10). The
true best is among the epochs without a significant difference from the best (Hsu 1981,
Simultaneous Confidence Intervals for all Distances from the "Best", Annals of Statistics 9): the
interval in which overfitting began.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from mnistlab.core.analysis.diagnosis.change import (
    Change,
    change_between,
    has_all_errors,
    lower_is_better,
    training_change,
)
from mnistlab.core.training.events import EpochPoint
from mnistlab.core.training.history import History, Measure

WORSE_EPOCHS = 2
"""Worse epochs in a row before it counts: a single one may be due to one large step."""

FEWEST_EPOCHS = 1 + WORSE_EPOCHS
FEWEST_IMAGES = 500
"""With fewer, a few hard images decide the mean loss, which is then not normally distributed."""


class Unknown(StrEnum):
    """Why overfitting can't be judged."""

    NO_VALIDATION = "no validation images"
    FEW_IMAGES = "too few validation images"
    NO_ERRORS = "no errors kept"
    EARLY = "too early"
    PERHAPS = "only the last epoch is worse"


@dataclass(frozen=True)
class NotSeen:
    """No overfitting so far.

    Attributes:
        best: The epoch with the best figure.
        now: The latest epoch.
        change: How much worse the figure is now than at its best. If that is beyond chance,
            training loss has not fallen either, so that it is no overfitting.
    """

    best: EpochPoint
    now: EpochPoint
    change: Change


@dataclass(frozen=True)
class Onset:
    """When overfitting began.

    Attributes:
        best: The epoch with the best figure: where it most likely began.
        earliest: The first epoch that is not significantly worse than the best.
        latest: The last such epoch; all after it are worse.
        now: The latest epoch.
        change: How much worse the figure is now than at its best.
        accuracy_change: How much worse the accuracy is now than it was then.
    """

    best: EpochPoint
    earliest: int
    latest: int
    now: EpochPoint
    change: Change
    accuracy_change: Change


Finding = Onset | NotSeen | Unknown


def find_overfitting(history: History, validation_images: int, measure: Measure) -> Finding:
    """Return whether a run overfits so far, and since when.

    Args:
        history: Its curves.
        validation_images: Images in its validation set.
        measure: What may have become worse.
    """
    epochs = [point for point in history.epochs if point.epoch > 0]
    if unknown := _why_unknown(epochs, validation_images):
        return unknown
    best, now = min(epochs, key=lambda point: lower_is_better(point, measure)), epochs[-1]
    alike = [p.epoch for p in epochs if not change_between(best, p, measure).is_beyond_chance]
    worse_epochs, change = now.epoch - alike[-1], change_between(best, now, measure)
    # Unless training loss still fell, it is no overfitting.
    if worse_epochs == 0 or not training_change(best, now).is_better_beyond_chance:
        return NotSeen(best, now, change)
    if worse_epochs < WORSE_EPOCHS:
        return Unknown.PERHAPS
    accuracy_change = change_between(best, now, Measure.ACCURACY)
    return Onset(best, alike[0], alike[-1], now, change, accuracy_change)


def _why_unknown(epochs: Sequence[EpochPoint], validation_images: int) -> Unknown | None:
    if validation_images == 0:
        return Unknown.NO_VALIDATION
    if validation_images < FEWEST_IMAGES:
        return Unknown.FEW_IMAGES
    if not all(has_all_errors(point) for point in epochs):
        return Unknown.NO_ERRORS
    return Unknown.EARLY if len(epochs) < FEWEST_EPOCHS else None
