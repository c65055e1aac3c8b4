"""Causes of a run's trouble, by measurements inside its network.

Each rule tests for one cause by its effect, and returns the figure with it. The bounds are chosen
on runs with a known cause; `python -m benchmarks diagnosis` measures on others how often the
first cause found is the true one.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from mnistlab.core.analysis.diagnosis.convergence import CHANCE_LOSS, Convergence, State
from mnistlab.core.analysis.diagnosis.evidence import Evidence
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.events import LayerState
from mnistlab.core.training.history import History


class CauseKind(StrEnum):
    """The kinds of cause."""

    EXPLODING = "exploding gradients"
    RATE_TOO_HIGH = "learning rate too high"
    SYMMETRY = "units that are copies"
    VANISHING = "vanishing gradients"
    DEAD_UNITS = "dead units"
    SATURATED = "saturated units"
    RATE_TOO_LOW = "learning rate too low"
    LABELS = "labels that can't be learned"
    LINEAR = "no non-linearity"
    REGULARISED = "too strong a brake"
    CAPACITY = "too little capacity"


@dataclass(frozen=True)
class Cause:
    """A cause and its figures, which the docstring of each rule defines.

    Attributes:
        kind: The cause.
        figure: What was measured.
        compared: What it is compared with.
        layer: The layer that shows it, the first being 1; None if it is the whole network.
    """

    kind: CauseKind
    figure: float
    compared: float = 0.0
    layer: int | None = None


_NEARLY_ALL = 0.9
_Rule = Callable[[Evidence], Cause | None]


def find_causes(config: RunConfig, history: History, convergence: Convergence) -> list[Cause]:
    """Return the causes of a run's trouble that were found, the likeliest first.

    Runs without trouble have none, nor have runs without probes.
    """
    if not history.probes or convergence.state is State.UNKNOWN:
        return []
    evidence = Evidence(config, history, convergence)
    causes = _apply(_RULES[convergence.state], evidence)
    return causes or _apply(_LAST_RESORTS.get(convergence.state, ()), evidence)


def _apply(rules: Sequence[_Rule], evidence: Evidence) -> list[Cause]:
    found = [rule(evidence) for rule in rules]
    return [cause for cause in found if cause is not None]


def _exploding(evidence: Evidence) -> Cause | None:
    """Gradients were huge before anything was learned (Pascanu et al. 2013). Norm, loss."""
    norms = [layer.gradient for layer in evidence.first_probe.layers]
    loss = evidence.history.epochs[0].validation_loss or 0.0
    if max(norms) < 10 and loss < 2 * CHANCE_LOSS:
        return None
    return Cause(CauseKind.EXPLODING, max(norms), loss, 1 + norms.index(max(norms)))


def _rate_too_high(evidence: Evidence) -> Cause | None:
    """The loss jumped, or a step changed weights by half of their norm.

    The greatest loss, the greatest share of a layer's weights that a step changed.
    """
    worst = max((point.train_loss for point in evidence.history.steps), default=0.0)
    step = max(evidence.updates, default=0.0)
    is_trouble = evidence.state in (State.DIVERGED, State.OSCILLATING)
    if is_trouble or worst > 2 * CHANCE_LOSS or step > 0.5:
        return Cause(CauseKind.RATE_TOO_HIGH, worst, step)
    return None


def _symmetry(evidence: Evidence) -> Cause | None:
    """Units began as copies and get identical gradients (Goodfellow et al. 2016, 8.4). Share."""
    if max(layer.copies or 0.0 for layer in evidence.first_probe.layers) < _NEARLY_ALL:
        return None
    return _worst(CauseKind.SYMMETRY, evidence, lambda layer: layer.copies, _NEARLY_ALL)


def _vanishing(evidence: Evidence) -> Cause | None:
    """Gradients shrink on their way back (Hochreiter 1991, Glorot & Bengio 2010).

    In at least half of all probes, since the latest may be an exception. Of the median probe,
    the gradient's norm in the first layer, and in the last.
    """
    looks = [probe.layers for probe in evidence.history.probes]
    looks.sort(key=lambda layers: layers[0].gradient / (layers[-1].gradient or math.inf))
    middle = looks[(len(looks) - 1) // 2]
    first, last = middle[0].gradient, middle[-1].gradient
    if not evidence.has_hardly_begun or len(middle) < 2 or first >= last / 100:
        return None
    return Cause(CauseKind.VANISHING, first, last, 1)


def _dead_units(evidence: Evidence) -> Cause | None:
    """Units are inactive for all images (Lu et al. 2019, Dying ReLU). Share of a layer."""
    bound = _NEARLY_ALL if evidence.state is State.STUCK else 0.5
    return _worst(CauseKind.DEAD_UNITS, evidence, lambda layer: layer.dead, bound)


def _saturated(evidence: Evidence) -> Cause | None:
    """Activations are where their slope is almost 0 (Glorot & Bengio 2010). Share."""

    def share(layer: LayerState) -> float | None:
        return None if (layer.dead or 0.0) >= 0.5 else layer.flat

    return _worst(CauseKind.SATURATED, evidence, share, _NEARLY_ALL)


def _rate_too_low(evidence: Evidence) -> Cause | None:
    """Steps change weights by less than half a thousandth; about one is usual (Karpathy).

    The greatest share of a layer's weights that a step changed.
    """
    step = max(evidence.updates, default=math.inf)
    if not evidence.has_hardly_begun or step > 5e-4:
        return None
    return Cause(CauseKind.RATE_TOO_LOW, step)


def _labels(evidence: Evidence) -> Cause | None:
    """Training accuracy is below validation accuracy without a reason. Both accuracies."""
    validation = evidence.last.validation_accuracy or 0.0
    if evidence.is_training_harder or validation < evidence.train_accuracy + 0.1:
        return None
    return Cause(CauseKind.LABELS, evidence.train_accuracy, validation)


def _unlearnable(evidence: Evidence) -> Cause | None:
    """The weights moved far, without an improvement (Zhang et al. 2017).

    Accuracy in training, and on validation images.
    """
    if evidence.distance < 0.3:
        return None
    validation = evidence.last.validation_accuracy or 0.0
    return Cause(CauseKind.LABELS, evidence.train_accuracy, validation)


def _linear(evidence: Evidence) -> Cause | None:
    """The layers' product is a linear map. The gap to it in logits; training accuracy."""
    gap = evidence.history.probes[-1].linear_gap
    if gap is None and evidence.config.hidden_layers:
        return None
    return Cause(CauseKind.LINEAR, gap or 0.0, evidence.train_accuracy)


def _regularised(evidence: Evidence) -> Cause | None:
    """Dropout or weight decay prevent the training images from being fitted. Both settings."""
    config = evidence.config
    if evidence.accuracy > _ENOUGH or not (config.dropout or config.weight_decay):
        return None
    return Cause(CauseKind.REGULARISED, config.dropout, config.weight_decay)


def _capacity(evidence: Evidence) -> Cause | None:
    """Accuracy is low, even on training images, and training loss does not fall.

    Accuracy in training, and on validation images (Goodfellow et al. 2016, 5.2).
    """
    if evidence.accuracy > _ENOUGH or evidence.training_pace > _LEVEL:
        return None
    return Cause(
        CauseKind.CAPACITY, evidence.train_accuracy, evidence.last.validation_accuracy or 0.0
    )


_ENOUGH = 0.93
"""Accuracy that a linear map nearly reaches; a run that converges below it has a cause."""

_LEVEL = 0.02
"""Share of the training loss in an epoch below which more epochs hardly matter."""

_RULES: dict[State, Sequence[_Rule]] = {
    State.DIVERGED: (_exploding, _rate_too_high),
    State.STUCK: (_symmetry, _vanishing, _dead_units, _saturated, _rate_too_high),
    State.OSCILLATING: (_rate_too_high, _dead_units, _saturated, _linear),
    State.PAST_BEST: (_labels, _linear),
    State.CONVERGED: (_symmetry, _vanishing, _labels, _linear, _regularised),
    State.IMPROVING: (_symmetry, _rate_too_low, _vanishing, _labels, _linear),
}
_LAST_RESORTS: dict[State, Sequence[_Rule]] = {
    State.STUCK: (_unlearnable,),
    State.CONVERGED: (_capacity,),
}
"""Rules that are applied if no other cause was found."""


def _worst(
    kind: CauseKind, evidence: Evidence, share: Callable[[LayerState], float | None], bound: float
) -> Cause | None:
    """Return the cause for the hidden layer with the greatest share, if that is enough."""
    shares = [share(layer) or 0.0 for layer in evidence.hidden]
    worst = max(shares, default=0.0)
    return Cause(kind, worst, layer=1 + shares.index(worst)) if worst >= bound else None
