"""The change of a run's figure between two epochs, and whether it is beyond chance."""

import math
from dataclasses import dataclass

from mnistlab.core.training.events import EpochPoint
from mnistlab.core.training.history import Measure

THRESHOLD = 2.33
"""Standard errors by which an epoch must be worse than the best to count as worse.

1.645, the one-sided 5 % point of the normal distribution, times √2, since another set of as
many images, for which the interval is to hold as well, has an error of its own.
`python -m benchmarks onset` measures how often it holds.
"""


@dataclass(frozen=True)
class Change:
    """The change of a figure between two epochs, on the same images.

    Attributes:
        worse: By how much; negative if it became better. Nats, or a share of the images.
        error: Its standard error, from the differences of single images.
    """

    worse: float
    error: float

    @property
    def is_beyond_chance(self) -> bool:
        """Whether it became worse by more than chance explains."""
        return self.worse > THRESHOLD * self.error

    @property
    def is_better_beyond_chance(self) -> bool:
        """Whether it became better by more than chance explains."""
        return -self.worse > THRESHOLD * self.error


def has_all_errors(point: EpochPoint) -> bool:
    """Return whether an epoch's validation figures can be compared with all earlier ones.

    Runs of old versions have no errors of single images.
    """
    return point.errors is not None and len(point.errors.loss_changes) == point.epoch


def lower_is_better(point: EpochPoint, measure: Measure) -> float:
    """Return the validation figure so that lower is better."""
    if measure is Measure.LOSS:
        return point.validation_loss or 0.0
    return 1 - (point.validation_accuracy or 0.0)


def change_between(one: EpochPoint, other: EpochPoint, measure: Measure) -> Change:
    """Return how much worse the validation figure of `other` is than that of `one`."""
    worse = lower_is_better(other, measure) - lower_is_better(one, measure)
    return Change(worse, _error_of_change(one, other, measure))


def training_change(one: EpochPoint, other: EpochPoint) -> Change:
    """Return how much worse the training loss of `other` is than that of `one`.

    Both are means over the batches of an epoch, whose errors are independent.
    """
    worse = (other.train_loss or 0.0) - (one.train_loss or 0.0)
    return Change(worse, math.hypot(one.train_loss_error or 0.0, other.train_loss_error or 0.0))


def _error_of_change(one: EpochPoint, other: EpochPoint, measure: Measure) -> float:
    earlier, later = sorted((one, other), key=lambda point: point.epoch)
    if earlier is later or later.errors is None:
        return 0.0
    errors = later.errors
    changes = errors.loss_changes if measure is Measure.LOSS else errors.accuracy_changes
    return changes[later.epoch - earlier.epoch - 1]
