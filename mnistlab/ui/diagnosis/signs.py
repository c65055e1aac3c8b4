"""Texts on what is seen inside a network in trouble."""

import math
from collections.abc import Callable
from typing import NamedTuple

from mnistlab.core.analysis.diagnosis.signs import Sign, SignKind
from mnistlab.core.settings.activations import ACTIVATIONS
from mnistlab.core.settings.config import RunConfig
from mnistlab.ui import formatting


class Words(NamedTuple):
    """The texts on something found: a headline, and its evidence in a sentence or two."""

    headline: str
    evidence: str


def explain(sign: Sign, config: RunConfig) -> Words:
    """Return the texts on a sign that was found in a run."""
    return _SIGNS[sign.kind](sign, config)


def times(factor: float) -> str:
    """Write a factor with two digits."""
    return formatting.number(float(f"{factor:.2g}"), 2)


def _exploding(sign: Sign, config: RunConfig) -> Words:
    return Words(
        "Exploding gradients",
        f"Right after the first step, the gradient norm of layer {sign.layer} was "
        f"{formatting.number(sign.figure)} (typical: about 1).",
    )


def _symmetry(sign: Sign, config: RunConfig) -> Words:
    return Words(
        "Duplicate units",
        f"In layer {sign.layer}, {formatting.percent(sign.figure, 0)} of the units have another "
        "unit's weights. Identical units get identical gradients and stay identical, so each group "
        "acts as one unit.",
    )


def _vanishing(sign: Sign, config: RunConfig) -> Words:
    return Words(
        "Vanishing gradients",
        f"In at least half of the measurements {_how_they_vanish(sign)}, so the first layers "
        "barely learn.",
    )


def _how_they_vanish(sign: Sign) -> str:
    factor = sign.compared / sign.figure if sign.figure else math.inf
    if math.isinf(factor):
        return "no gradient reached the first layer"
    return f"the last layer's gradient was {times(factor)} times the first's or more"


def _dead_units(sign: Sign, config: RunConfig) -> Words:
    label = ACTIVATIONS[config.activation].label
    return Words(
        "Dead units",
        f"In layer {sign.layer}, {formatting.percent(sign.figure, 0)} of the units lie in the "
        f"flat part of {label} for every measured image. No gradient gets through there, so "
        "they no longer learn.",
    )


def _saturated(sign: Sign, config: RunConfig) -> Words:
    label = ACTIVATIONS[config.activation].label
    return Words(
        "Saturated activations",
        f"In layer {sign.layer}, {formatting.percent(sign.figure, 0)} of activations lie where "
        f"{label} is nearly flat, so almost no gradient gets through.",
    )


def _linear(sign: Sign, config: RunConfig) -> Words:
    layers = (
        "Multiplied together, its layers are one linear layer with the same logits (to within "
        f"{formatting.number(sign.figure, 1)})."
        if config.hidden_layers
        else "Without a hidden layer it only adds up weighted pixels."
    )
    return Words(
        "Linear network",
        f"{layers} A linear model gets about 92% of MNIST right, however many layers it has; this "
        f"one gets {formatting.percent(sign.compared, 1)} of its training images.",
    )


_SIGNS: dict[SignKind, Callable[[Sign, RunConfig], Words]] = {
    SignKind.EXPLODING: _exploding,
    SignKind.SYMMETRY: _symmetry,
    SignKind.VANISHING: _vanishing,
    SignKind.DEAD_UNITS: _dead_units,
    SignKind.SATURATED: _saturated,
    SignKind.LINEAR: _linear,
}
