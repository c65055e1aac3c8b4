"""Texts on the likely causes of a run's problem."""

import math
from collections.abc import Callable
from typing import NamedTuple

from mnistlab.core.analysis.diagnosis.causes import Cause, CauseKind
from mnistlab.core.analysis.diagnosis.convergence import CHANCE_LOSS
from mnistlab.core.analysis.range_test.suggestion import round_rate
from mnistlab.core.settings.activations import ACTIVATIONS
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.typed_numbers import write_number
from mnistlab.ui import formatting


class Words(NamedTuple):
    """The texts on a cause."""

    headline: str
    evidence: str
    remedy: str


def explain(cause: Cause, config: RunConfig) -> Words:
    """Return the texts on a cause that was found in a run."""
    return _CAUSES[cause.kind](cause, config)


def _rate(config: RunConfig, factor: float) -> str:
    return write_number(round_rate(config.learning_rate * factor))


def _round(times: float) -> str:
    return formatting.number(float(f"{times:.2g}"), 2)


def _share(change: float) -> str:
    """Write how much weights changed: 3.7%, 19 times their size."""
    if change < 1:
        return f"{formatting.number(100 * change, 2)}%"
    return f"{_round(change)} times their size"


def _exploding(cause: Cause, config: RunConfig) -> Words:
    return Words(
        "Exploding gradients",
        f"Right after the first step, the gradient norm of layer {cause.layer} was "
        f"{formatting.number(cause.figure)} (typical: about 1).",
        "Try smaller initial weights, fewer layers, or a much lower learning rate.",
    )


def _rate_too_high(cause: Cause, config: RunConfig) -> Words:
    leap = f"One step changed a layer's weights by up to {_share(cause.compared)} (typical: about "
    leap += "0.1%)"
    if cause.figure > 2 * CHANCE_LOSS:
        leap += f", and training loss jumped to {formatting.number(cause.figure)}"
    return Words(
        "Learning rate too high",
        f"{leap}.",
        f"Try {_rate(config, 0.1)} instead of {_rate(config, 1)}.",
    )


def _symmetry(cause: Cause, config: RunConfig) -> Words:
    return Words(
        "Duplicate units",
        f"In layer {cause.layer}, {formatting.percent(cause.figure, 0)} of the units have another "
        "unit's weights. Identical units get identical gradients and stay identical, so each group "
        "acts as one unit.",
        "Try random initial weights.",
    )


def _vanishing(cause: Cause, config: RunConfig) -> Words:
    return Words(
        "Vanishing gradients",
        f"In at least half of the measurements {_how_they_vanish(cause)}, so the first layers "
        "barely learn.",
        "Try fewer layers, or ReLU, which passes gradients on without shrinking them.",
    )


def _how_they_vanish(cause: Cause) -> str:
    times = cause.compared / cause.figure if cause.figure else math.inf
    if math.isinf(times):
        return "no gradient reached the first layer"
    return f"the last layer's gradient was {_round(times)} times the first's or more"


def _dead_units(cause: Cause, config: RunConfig) -> Words:
    label = ACTIVATIONS[config.activation].label
    return Words(
        "Dead units",
        f"In layer {cause.layer}, {formatting.percent(cause.figure, 0)} of the units lie in the "
        f"flat part of {label} for every measured image. No gradient gets through there, so "
        "they no longer learn.",
        f"Try a lower learning rate, such as {_rate(config, 0.1)}, or Leaky ReLU.",
    )


def _saturated(cause: Cause, config: RunConfig) -> Words:
    label = ACTIVATIONS[config.activation].label
    return Words(
        "Saturated activations",
        f"In layer {cause.layer}, {formatting.percent(cause.figure, 0)} of activations lie where "
        f"{label} is nearly flat, so almost no gradient gets through.",
        f"Try a lower learning rate, such as {_rate(config, 0.1)}, or smaller initial weights.",
    )


def _rate_too_low(cause: Cause, config: RunConfig) -> Words:
    return Words(
        "Learning rate too low",
        f"No step changed a layer's weights by more than "
        f"{formatting.number(100 * cause.figure, 1)}% (typical: about 0.1%).",
        f"Try {_rate(config, 10)} instead of {_rate(config, 1)}.",
    )


def _labels(cause: Cause, config: RunConfig) -> Words:
    wrong = (
        f" Shuffled labels is set to {write_number(config.shuffled_labels)}."
        if config.shuffled_labels
        else ""
    )
    return Words(
        "Labels can't be learned",
        f"The network gets {formatting.percent(cause.figure, 1)} of its training images right, and "
        f"{formatting.percent(cause.compared, 1)} of the validation images. The training labels "
        f"don't follow from the images.{wrong}",
        "Check the labels; no other setting can fix them.",
    )


def _linear(cause: Cause, config: RunConfig) -> Words:
    layers = (
        "Multiplied together, its layers are one linear layer with the same logits (to within "
        f"{formatting.number(cause.figure, 1)})."
        if config.hidden_layers
        else "Without a hidden layer it only adds up weighted pixels."
    )
    return Words(
        "Linear network",
        f"{layers} A linear model gets about 92% of MNIST right, however many layers it has; this "
        f"one gets {formatting.percent(cause.compared, 1)} of its training images.",
        "Try ReLU." if config.hidden_layers else "Try a hidden layer.",
    )


def _regularised(cause: Cause, config: RunConfig) -> Words:
    found = []
    if cause.figure:
        found.append(f"dropout of {formatting.setting('dropout', cause.figure)}")
    if cause.compared:
        found.append(f"weight decay of {formatting.setting('weight_decay', cause.compared)}")
    return Words(
        "Too much regularization",
        f"With a {' and a '.join(found)}, it does badly on new images and on its training images.",
        "Try less, or none.",
    )


def _capacity(cause: Cause, config: RunConfig) -> Words:
    return Words(
        "Underfitting: network too small",
        f"It gets {formatting.percent(cause.figure, 1)} of its training images right, and "
        f"{formatting.percent(cause.compared, 1)} of the validation images: it can't even fit its "
        "training images.",
        "Try more units.",
    )


_CAUSES: dict[CauseKind, Callable[[Cause, RunConfig], Words]] = {
    CauseKind.EXPLODING: _exploding,
    CauseKind.RATE_TOO_HIGH: _rate_too_high,
    CauseKind.SYMMETRY: _symmetry,
    CauseKind.VANISHING: _vanishing,
    CauseKind.DEAD_UNITS: _dead_units,
    CauseKind.SATURATED: _saturated,
    CauseKind.RATE_TOO_LOW: _rate_too_low,
    CauseKind.LABELS: _labels,
    CauseKind.LINEAR: _linear,
    CauseKind.REGULARISED: _regularised,
    CauseKind.CAPACITY: _capacity,
}
