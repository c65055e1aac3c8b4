"""Curves made by hand, whose every number is known."""

import dataclasses
from collections.abc import Sequence

from mnistlab.core.training.events import EpochPoint, LayerState, Probe, StepPoint, ValidationErrors
from mnistlab.core.training.history import History

ERROR = 0.01
"""Standard error of every change from epoch 1 on, and of every training loss times √2."""


def curve(
    losses: Sequence[float | None],
    train_losses: Sequence[float] | None = None,
    accuracies: tuple[float, float] = (0.9, 0.9),
    probes: Sequence[Probe] = (),
    worst: float = 2.3,
) -> History:
    """Return a run of ten steps an epoch.

    Args:
        losses: Of the validation images, from epoch 1 on; None without such images.
        train_losses: Of training; falling ones by themselves.
        accuracies: In training and in validation, the same in each epoch.
        probes: What was seen inside.
        worst: The training loss of the first step.
    """
    train_losses = train_losses or [1 / (1 + epoch) for epoch in range(len(losses))]
    train_accuracy, validation_accuracy = accuracies
    points = [EpochPoint(0, 0, None, None, 2.3, 0.1, 0.0, ValidationErrors(0.05, 0.05))]
    for epoch, (loss, train_loss) in enumerate(zip(losses, train_losses, strict=True), start=1):
        errors = ValidationErrors(0.05, 0.05, (ERROR,) * epoch, (ERROR,) * epoch)
        validation = (None, None) if loss is None else (loss, validation_accuracy)
        points.append(
            EpochPoint(
                epoch,
                10 * epoch,
                train_loss,
                train_accuracy,
                *validation,
                1.0,
                errors if loss is not None else None,
                ERROR / 2**0.5,
            )
        )
    return History([StepPoint(1, 0.1, worst, 0.1, 0.01, 0.1)], points, list(probes))


def probe(step: int, *layers: LayerState, linear_gap: float | None = None) -> Probe:
    return Probe(step, step / 10, layers, linear_gap)


def hidden(**found: float | None) -> LayerState:
    """Return a hidden layer with what was found, else as it is where all is well."""
    well = LayerState(gradient=0.5, update=0.001, distance=1.0, flat=0.5, dead=0.0, copies=0.0)
    return dataclasses.replace(well, **found)  # type: ignore[arg-type]


def last(gradient: float = 0.5, update: float = 0.001, distance: float = 1.0) -> LayerState:
    """Return the layer that gives the logits."""
    return LayerState(gradient, update, distance)
