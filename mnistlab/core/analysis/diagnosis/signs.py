"""What is seen inside a network in trouble: gradients that vanish, units that died, and the like.

Signs are measured, and no causes yet: the same sign may have several causes, which is found out
by changing one setting at a time (`causes.py`, `remedies.py`). The bounds are chosen on runs with
a known fault; `python -m benchmarks diagnosis` measures on others how often they are right.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from mnistlab.core.analysis.diagnosis.convergence import CHANCE_LOSS, Convergence, State
from mnistlab.core.analysis.diagnosis.evidence import Evidence
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.events import LayerState
from mnistlab.core.training.history import History


class SignKind(StrEnum):
    """The kinds of sign."""

    EXPLODING = "exploding gradients"
    SYMMETRY = "units that are copies"
    VANISHING = "vanishing gradients"
    DEAD_UNITS = "dead units"
    SATURATED = "saturated units"
    LINEAR = "no non-linearity"


@dataclass(frozen=True)
class Sign:
    """A sign and its figures, which the docstring of each rule defines.

    Attributes:
        kind: What is seen.
        figure: What was measured.
        compared: What it is compared with.
        layer: The layer that shows it, the first being 1; None if it is the whole network.
    """

    kind: SignKind
    figure: float
    compared: float = 0.0
    layer: int | None = None


_NEARLY_ALL = 0.9
_Rule = Callable[[Evidence], Sign | None]


def find_signs(config: RunConfig, history: History, convergence: Convergence) -> list[Sign]:
    """Return what is seen inside a network in trouble.

    Runs without trouble have no signs, nor have runs without probes.
    """
    if not history.probes or convergence.state is State.UNKNOWN:
        return []
    evidence = Evidence(config, history, convergence)
    found = [rule(evidence) for rule in _RULES[convergence.state]]
    return [sign for sign in found if sign is not None]


def _exploding(evidence: Evidence) -> Sign | None:
    """Gradients were huge before anything was learned (Pascanu et al. 2013). Norm, loss."""
    norms = [layer.gradient for layer in evidence.first_probe.layers]
    loss = evidence.history.epochs[0].validation_loss or 0.0
    if max(norms) < 10 and loss < 2 * CHANCE_LOSS:
        return None
    return Sign(SignKind.EXPLODING, max(norms), loss, 1 + norms.index(max(norms)))


def _symmetry(evidence: Evidence) -> Sign | None:
    """Units began as copies and get identical gradients (Goodfellow et al. 2016, 8.4). Share."""
    if max(layer.copies or 0.0 for layer in evidence.first_probe.layers) < _NEARLY_ALL:
        return None
    return _worst(SignKind.SYMMETRY, evidence, lambda layer: layer.copies, _NEARLY_ALL)


def _vanishing(evidence: Evidence) -> Sign | None:
    """Gradients shrink on their way back (Hochreiter 1991, Glorot & Bengio 2010).

    In at least half of all probes, since the latest may be an exception. Of the median probe,
    the gradient's norm in the first layer, and in the last.
    """
    first, last = evidence.middle_gradients
    if not evidence.has_hardly_begun or not evidence.hidden or first >= last / 100:
        return None
    return Sign(SignKind.VANISHING, first, last, 1)


def _dead_units(evidence: Evidence) -> Sign | None:
    """Units are inactive for all images (Lu et al. 2019, Dying ReLU). Share of a layer."""
    bound = _NEARLY_ALL if evidence.state is State.STUCK else 0.5
    return _worst(SignKind.DEAD_UNITS, evidence, lambda layer: layer.dead, bound)


def _saturated(evidence: Evidence) -> Sign | None:
    """Activations are where their slope is almost 0 (Glorot & Bengio 2010). Share."""

    def share(layer: LayerState) -> float | None:
        return None if (layer.dead or 0.0) >= 0.5 else layer.flat

    return _worst(SignKind.SATURATED, evidence, share, _NEARLY_ALL)


def _linear(evidence: Evidence) -> Sign | None:
    """The layers' product is a linear map. The gap to it in logits; training accuracy."""
    gap = evidence.history.probes[-1].linear_gap
    if gap is None and evidence.config.hidden_layers:
        return None
    return Sign(SignKind.LINEAR, gap or 0.0, evidence.train_accuracy)


_RULES: dict[State, Sequence[_Rule]] = {
    State.DIVERGED: (_exploding,),
    State.STUCK: (_symmetry, _vanishing, _dead_units, _saturated),
    State.OSCILLATING: (_dead_units, _saturated, _linear),
    State.PAST_BEST: (_linear,),
    State.CONVERGED: (_symmetry, _vanishing, _linear),
    State.IMPROVING: (_symmetry, _vanishing, _linear),
}


def _worst(
    kind: SignKind, evidence: Evidence, share: Callable[[LayerState], float | None], bound: float
) -> Sign | None:
    """Return the sign for the hidden layer with the greatest share, if that is enough."""
    shares = [share(layer) or 0.0 for layer in evidence.hidden]
    worst = max(shares, default=0.0)
    return Sign(kind, worst, layer=1 + shares.index(worst)) if worst >= bound else None
