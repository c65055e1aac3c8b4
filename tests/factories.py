"""What tests of several folders build, and what they wait with.

Nothing here imports torch.
"""

import dataclasses
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np

from mnistlab.core.arrays import Labels, Probabilities
from mnistlab.core.drawing.strokes import Stroke
from mnistlab.core.experiments.experiment import Experiment
from mnistlab.core.experiments.outcome import Outcome
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.events import EpochPoint, LayerState, Probe, StepPoint, ValidationErrors
from mnistlab.core.training.history import History

Found = TypeVar("Found")


def not_none(found: Found | None) -> Found:
    """Return what is there, and fail if nothing is."""
    assert found is not None
    return found


# Waiting for another process.

SECONDS = 180.0
"""Only a deadline, so that it may be far off on a busy machine."""


def wait_until(condition: Callable[[], bool], what: str = "It", seconds: float = SECONDS) -> None:
    """Wait for another process to do something; fail if it does not."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"{what} did not happen within {seconds:.0f} s"
        time.sleep(0.02)


# Configs.

SMALL = RunConfig(
    units=(32,), training_images=2_000, validation_images=500, epochs=2, batch_size=50
)
"""Trained within a second."""

PLAIN = RunConfig(
    hidden_layers=2,
    units=(32, 24),
    activation="relu",
    optimizer="sgd",
    learning_rate=0.1,
    momentum=0.0,
    weight_decay=0.0,
    dropout=0.0,
    batch_size=100,
    epochs=2,
    schedule="constant",
    training_images=450,
    validation_images=200,
    seed=7,
)
"""Plain descent, without regularization. Five steps an epoch, the last of them on half a batch."""


def small_config(**changes: Any) -> RunConfig:
    """Return `SMALL` with changes."""
    return dataclasses.replace(SMALL, **changes)


def plain_config(**changes: Any) -> RunConfig:
    """Return `PLAIN` with changes."""
    return dataclasses.replace(PLAIN, **changes)


EXPLODING = plain_config(activation="none", learning_rate=2.0, epochs=20)
"""Without an activation that dies, each step makes the next one bigger."""

LONG = small_config(epochs=200, training_images=50_000, batch_size=5)
"""Takes minutes, and is to be stopped.

By many steps rather than by a large network, which would take both cores of a machine and long
to end: the weights that a stopped run has are tested on all test images.
"""


# Curves whose every number is known.

ERROR = 0.01
"""Standard error of every change from epoch 1 on, and of every training loss times √2."""

Figures = tuple[float | None, float | None]
"""A loss and an accuracy."""

CURVE = History([StepPoint(1, 0.5, 2.3, 0.1, 0.01, 0.2)], [])


def epoch_point(
    epoch: int,
    training: Figures,
    validation: Figures,
    steps_per_epoch: int = 10,
    error: float = 0.05,
) -> EpochPoint:
    """Return an epoch's end; `error` is the standard error of its validation figures."""
    changes = (ERROR,) * epoch
    return EpochPoint(
        epoch,
        epoch * steps_per_epoch,
        *training,
        *validation,
        float(epoch > 0),
        None if validation[0] is None else ValidationErrors(error, error, changes, changes),
        None if training[0] is None else ERROR / 2**0.5,
    )


def untrained(steps_per_epoch: int = 10, error: float = 0.05) -> EpochPoint:
    """Return the point of the network before its first step."""
    return epoch_point(0, (None, None), (2.3, 0.1), steps_per_epoch, error)


def curve(
    losses: Sequence[float | None],
    train_losses: Sequence[float] | None = None,
    accuracies: tuple[float, float | Sequence[float]] = (0.9, 0.9),
    probes: Sequence[Probe] = (),
    worst: float = 2.3,
) -> History:
    """Return a run of ten steps an epoch.

    Args:
        losses: Of the validation images, from epoch 1 on; None without such images.
        train_losses: Of training; falling ones by themselves.
        accuracies: In training and in validation; one for all epochs, or one for each.
        probes: What was seen inside.
        worst: The training loss of the first step.
    """
    count = len(losses)
    train_losses = train_losses or [1 / (1 + epoch) for epoch in range(count)]
    judged = accuracies[1] if isinstance(accuracies[1], Sequence) else [accuracies[1]] * count
    points = [
        epoch_point(
            epoch,
            (train_losses[epoch - 1], accuracies[0]),
            (loss, None if loss is None else judged[epoch - 1]),
        )
        for epoch, loss in enumerate(losses, start=1)
    ]
    steps = [StepPoint(1, 0.1, worst, 0.1, 0.01, 0.1)]
    return History(steps, [untrained(), *points], list(probes))


def probe(step: int, *layers: LayerState, linear_gap: float | None = None) -> Probe:
    """Return what a look found in a run of ten steps an epoch."""
    return Probe(step, step / 10, layers, linear_gap)


def hidden(**found: Any) -> LayerState:
    """Return a hidden layer with what was found, else as it is where all is well."""
    well = LayerState(gradient=0.5, update=0.001, distance=1.0, flat=0.5, dead=0.0, copies=0.0)
    return dataclasses.replace(well, **found)


def last(gradient: float = 0.5, update: float = 0.001, distance: float = 1.0) -> LayerState:
    """Return the layer that gives the logits."""
    return LayerState(gradient, update, distance)


# Outcomes of experiments.


def outcome_history(
    config: RunConfig, validation: Sequence[Figures], training: Sequence[tuple[float, float]]
) -> History:
    """Return a run's curves by epoch; all their standard errors are `ERROR`."""
    count, rate = config.steps_per_epoch, config.learning_rate
    epochs, steps = [untrained(count, ERROR)], [StepPoint(1, 1 / count, 2.3, 0.1, rate, 0.1)]
    for epoch, (judged, trained) in enumerate(zip(validation, training, strict=True), start=1):
        epochs.append(epoch_point(epoch, trained, judged, count, ERROR))
        steps.append(StepPoint(epoch * count, epoch, *trained, rate, float(epoch)))
    return History(steps, epochs)


def outcome(label: str, config: RunConfig, accuracy: float, training: float = 0.95) -> Outcome:
    """A run that came steadily to these accuracies; its losses are what is missing to 1."""
    shares = [epoch / config.epochs for epoch in range(1, config.epochs + 1)]

    def curve_to(end: float) -> list[tuple[float, float]]:
        return [(2.3 - (1.3 + end) * share, end * share) for share in shares]

    return Outcome(label, config, outcome_history(config, curve_to(accuracy), curve_to(training)))


def overfitting(label: str, config: RunConfig, best: int, count: int = 12) -> Outcome:
    """A run whose validation loss is lowest at epoch `best` and rises by 0.02 an epoch since.

    A change counts from 0.0233 on, so that the epochs next to the best may be it too.
    """
    validation = [(0.3 + 0.02 * abs(epoch - best), 0.9) for epoch in range(1, count + 1)]
    training = [(1 / (1 + epoch), 0.9) for epoch in range(count)]
    return Outcome(label, config, outcome_history(config, validation, training))


def diverged(label: str, config: RunConfig) -> Outcome:
    """A run whose loss left all numbers in its first epoch."""
    return Outcome(label, config, outcome_history(config, [], []), has_diverged=True)


def outcomes(experiment: Experiment, accuracies: Mapping[str, float]) -> dict[str, Outcome]:
    """Return an experiment's outcomes with these validation accuracies."""
    return {
        arm.label: outcome(arm.label, arm.config, accuracies[arm.label]) for arm in experiment.arms
    }


# Predictions.


def sure_of(digits: Sequence[int] | Labels) -> Probabilities:
    """Return probabilities of 1 for each of these digits, (n, 10)."""
    probabilities: Probabilities = np.eye(10, dtype=np.float32)[np.asarray(digits)]
    return probabilities


# Handwriting.


def stroke(*points: tuple[float, float], width: float = 20.0) -> Stroke:
    """Return a pen's way over these points of the canvas."""
    return Stroke(np.array(points, dtype=np.float32), width)


Points = list[tuple[float, float]]

_STROKES = """
0  52,4 30,10 17,32 15,58 23,84 45,97 67,92 82,70 84,42 76,17 62,5 50,4
1  55,3 52,30 50,60 47,97
2  22,24 30,9 50,3 70,10 76,28 66,48 45,68 22,92 24,95 50,93 82,94
3  24,10 45,3 68,9 73,26 60,42 42,48 64,52 78,68 72,88 50,97 24,90
4  30,4 26,28 22,52 48,54 80,52
4  68,8 66,50 64,97
5  74,5 34,6 30,42 50,38 70,48 77,68 66,89 44,97 22,90
6  64,3 42,22 27,48 23,74 34,94 56,97 72,84 72,64 56,54 36,60 25,76
7  20,8 50,7 80,6 66,34 54,62 44,97
8  70,14 52,3 33,12 33,30 50,45 69,60 73,80 56,97 34,92 28,74 42,54 62,38 71,22 68,12
9  72,22 58,5 36,8 26,26 34,44 54,46 70,32 73,20 72,50 68,76 64,97
"""


def _read_strokes(text: str) -> dict[int, list[Points]]:
    digits: dict[int, list[Points]] = defaultdict(list)
    for line in text.split("\n")[1:-1]:
        digit, *points = line.split()
        digits[int(digit)].append([(float(x), float(y)) for x, y in (p.split(",") for p in points)])
    return dict(digits)


DIGITS = _read_strokes(_STROKES)
"""Ten digits by hand: pen strokes in a box of 100 by 100, y down."""
