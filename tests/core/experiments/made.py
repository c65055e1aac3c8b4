"""Outcomes made by hand, from the figures that a case is about."""

from collections.abc import Mapping, Sequence

from mnistlab.core.experiments.experiment import Experiment
from mnistlab.core.experiments.outcome import Outcome
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.events import EpochPoint, StepPoint, ValidationErrors
from mnistlab.core.training.history import History

ERROR = 0.01
"""Standard error of every figure and of every change."""


def history(
    config: RunConfig,
    accuracies: Sequence[float],
    losses: Sequence[float],
    training: Sequence[tuple[float, float]],
) -> History:
    """Return a run's curves by epoch; `training` has loss and accuracy."""
    last = config.steps_per_epoch
    epochs = [EpochPoint(0, 0, None, None, 2.302, 0.1, 0.0, ValidationErrors(ERROR, ERROR))]
    steps = [StepPoint(1, 1 / last, 2.3, 0.1, config.learning_rate, 0.1)]
    for epoch, (accuracy, loss, trained) in enumerate(
        zip(accuracies, losses, training, strict=True), start=1
    ):
        errors = ValidationErrors(ERROR, ERROR, (ERROR,) * epoch, (ERROR,) * epoch)
        figures = (*trained, loss, accuracy, 1.0, errors)
        epochs.append(EpochPoint(epoch, epoch * last, *figures))
        steps.append(StepPoint(epoch * last, epoch, *trained, config.learning_rate, float(epoch)))
    return History(steps, epochs)


def outcome(label: str, config: RunConfig, accuracy: float, training: float = 0.95) -> Outcome:
    """A run that came steadily to these accuracies; its losses are what is missing to 1."""
    count = config.epochs
    share = [epoch / count for epoch in range(1, count + 1)]
    return Outcome(
        label,
        config,
        history(
            config,
            [accuracy * part for part in share],
            [2.3 - (1.3 + accuracy) * part for part in share],
            [(2.3 - (1.3 + training) * part, training * part) for part in share],
        ),
    )


def overfitting(label: str, config: RunConfig, best: int, count: int = 12) -> Outcome:
    """A run whose validation loss is lowest at epoch `best` and rises by 0.02 an epoch since.

    A change counts from 0.0233 on, so that the epochs next to the best may be it too.
    """
    losses = [0.3 + 0.02 * abs(epoch - best) for epoch in range(1, count + 1)]
    training = [(1 / (1 + epoch), 0.9) for epoch in range(count)]
    return Outcome(label, config, history(config, [0.9] * count, losses, training))


def diverged(label: str, config: RunConfig) -> Outcome:
    """A run whose loss left all numbers in its first epoch."""
    return Outcome(label, config, history(config, [], [], []), has_diverged=True)


def outcomes(experiment: Experiment, accuracies: Mapping[str, float]) -> dict[str, Outcome]:
    """Return an experiment's outcomes with these validation accuracies."""
    return {
        arm.label: outcome(arm.label, arm.config, accuracies[arm.label]) for arm in experiment.arms
    }
