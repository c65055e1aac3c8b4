"""The outcome of one run of an experiment."""

import math
from dataclasses import dataclass

from mnistlab.core.analysis.comparison import ComparedRun, Group
from mnistlab.core.analysis.diagnosis.overfitting import Finding, Onset, find_overfitting
from mnistlab.core.analysis.metrics import Interval
from mnistlab.core.run import RunStatus
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.events import EpochPoint
from mnistlab.core.training.history import History, Measure

CHANCE = 0.2
"""Validation accuracy below which a network hardly does better than guessing: to always predict
1, the most frequent digit, gives 11 %."""


@dataclass(frozen=True)
class Outcome:
    """A run that reached its last epoch or diverged.

    Attributes:
        label: That of its arm.
        config: Its settings.
        history: Its curves.
        has_diverged: Whether its loss became infinite or not a number.
    """

    label: str
    config: RunConfig
    history: History
    has_diverged: bool = False

    @property
    def group(self) -> Group:
        """The run as a group, for comparisons."""
        return Group((ComparedRun(self.label, self.label, self.config, self.history),), ())

    @property
    def accuracy(self) -> float:
        """Validation accuracy of the best epoch, from 0 to 1; 0 for a run that diverged."""
        best = None if self.has_diverged else self.history.best_epoch
        return (best.validation_accuracy or 0.0) if best else 0.0

    @property
    def interval(self) -> Interval:
        """The 95 % interval of the true accuracy, that on an infinite number of images."""
        measured = None if self.has_diverged else self.group.interval
        return measured or Interval(0.0, 0.0)

    @property
    def last(self) -> EpochPoint:
        """The last whole epoch."""
        return self.history.epochs[-1]

    @property
    def last_accuracy(self) -> float:
        """Validation accuracy of the last epoch, from 0 to 1."""
        return self.last.validation_accuracy or 0.0

    @property
    def training_accuracy(self) -> float:
        """Of the last epoch, as measured on each batch before its step."""
        return self.last.train_accuracy or 0.0

    @property
    def training_loss(self) -> float:
        """Of the last epoch, in nats for each image; infinite for a run that diverged."""
        measured = None if self.has_diverged else self.last.train_loss
        return math.inf if measured is None else measured

    @property
    def is_guessing(self) -> bool:
        """Whether its accuracy is close to chance."""
        return self.accuracy < CHANCE

    @property
    def overfitting(self) -> Finding:
        """Whether and when it began to overfit, by validation loss."""
        return find_overfitting(self.history, self.config.validation_images, Measure.LOSS)

    @property
    def onset(self) -> Onset | None:
        """When it began to overfit, if it did."""
        found = self.overfitting
        return found if isinstance(found, Onset) else None


def has_result(status: RunStatus) -> bool:
    """Return whether a run reached its last epoch or diverged."""
    return status in (RunStatus.FINISHED, RunStatus.DIVERGED)
