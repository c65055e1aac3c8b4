"""How often a run's diagnosis is right, on runs whose truth is known by construction.

Each case is trained three times, from other seeds, on networks, rates and numbers of images
other than those on which the diagnosis' bounds were set. A diagnosis is right if the state
is one that the case allows, the true cause is among the signs and causes named (and none is, where
all is well), and overfitting is claimed where it is and not where it isn't. `wrong` counts the
others, but for those that say it is too early to tell, `cannot_tell`.
`false_alarms_on_healthy` counts healthy runs of which any trouble is said, and
`wrong_overfitting_on_healthy` those of which it is said that they overfit.
"""

import argparse
import dataclasses
import functools
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.harness import images
from benchmarks.harness.arguments import positive
from mnistlab.core.analysis.diagnosis.convergence import State
from mnistlab.core.analysis.diagnosis.diagnosis import diagnose
from mnistlab.core.analysis.diagnosis.overfitting import Onset, find_overfitting
from mnistlab.core.analysis.diagnosis.remedies import CauseKind
from mnistlab.core.analysis.diagnosis.signs import SignKind
from mnistlab.core.data import mnist
from mnistlab.core.data.mnist import Digits
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.history import Measure
from mnistlab.core.training.loop import train

_like = functools.partial(
    dataclasses.replace,
    RunConfig(
        hidden_layers=1,
        units=(200,),
        activation="relu",
        optimizer="sgd",
        learning_rate=0.1,
        momentum=0.0,
        weight_decay=0.0,
        dropout=0.0,
        batch_size=100,
        epochs=6,
        training_images=12_000,
        validation_images=5_000,
        schedule="constant",
    ),
)
_FIRST_SEED = 100


@dataclass(frozen=True)
class Truth:
    """What is known of a run before it is trained.

    Attributes:
        states: How its loss may be said to move.
        cause: What is wrong with it; None if nothing is.
        overfits: Whether it does; None if it may or may not.
    """

    states: frozenset[State]
    cause: CauseKind | SignKind | None = None
    overfits: bool | None = None


@dataclass(frozen=True)
class Finding:
    """What is said of a run after it was trained."""

    state: State
    causes: tuple[CauseKind | SignKind, ...]
    overfits: bool

    def is_right(self, truth: Truth) -> bool:
        """Whether it is the truth."""
        names_cause = truth.cause in self.causes if truth.cause else not self.causes
        knows_overfitting = truth.overfits in (None, self.overfits)
        return self.state in truth.states and names_cause and knows_overfitting


def _truth(
    *states: State, cause: CauseKind | SignKind | None = None, overfits: bool | None = None
) -> Truth:
    return Truth(frozenset(states), cause, overfits)


_adam = functools.partial(_like, optimizer="adam", learning_rate=0.001)
_GOOD = _truth(State.IMPROVING, State.CONVERGED, overfits=False)
_LEARNING = (State.IMPROVING, State.CONVERGED, State.PAST_BEST)
_HEALTHY = {
    "healthy_one_cycle": _like(
        optimizer="adamw",
        learning_rate=0.003,
        schedule="one_cycle",
        dropout=0.2,
        weight_decay=0.01,
        training_images=25_000,
    ),
    "healthy_tanh": _like(
        hidden_layers=3,
        units=(100,),
        activation="tanh",
        learning_rate=0.02,
        momentum=0.9,
        schedule="cosine",
        training_images=25_000,
        epochs=5,
    ),
    "healthy_sgd": _like(hidden_layers=2, training_images=25_000, epochs=8),
    "healthy_gelu": _adam(
        learning_rate=0.0005, activation="gelu", training_images=40_000, epochs=4
    ),
}
_CASES: dict[str, tuple[RunConfig, Truth]] = {
    **{name: (config, _GOOD) for name, config in _HEALTHY.items()},
    "too_slow_sgd": (
        _like(learning_rate=0.0005),
        _truth(State.IMPROVING, cause=CauseKind.RATE_TOO_LOW, overfits=False),
    ),
    "too_slow_adam": (
        _adam(learning_rate=0.000005, hidden_layers=3, units=(64,)),
        _truth(State.IMPROVING, cause=CauseKind.RATE_TOO_LOW, overfits=False),
    ),
    "too_fast_rmsprop": (
        _like(optimizer="rmsprop", learning_rate=0.05, epochs=12),
        _truth(State.OSCILLATING, State.STUCK, State.DIVERGED, cause=CauseKind.RATE_TOO_HIGH),
    ),
    "too_fast_sgd": (
        _like(learning_rate=2.0, momentum=0.9, activation="tanh", hidden_layers=2, epochs=12),
        _truth(State.OSCILLATING, State.STUCK, State.DIVERGED, cause=CauseKind.RATE_TOO_HIGH),
    ),
    "diverging": (
        _like(activation="none", hidden_layers=2, learning_rate=5.0),
        _truth(State.DIVERGED, cause=CauseKind.RATE_TOO_HIGH, overfits=False),
    ),
    "exploding": (
        _like(activation="none", hidden_layers=6, initialisation="he", learning_rate=0.05),
        _truth(State.DIVERGED, cause=SignKind.EXPLODING, overfits=False),
    ),
    "dead_relu": (
        _adam(learning_rate=0.5, hidden_layers=4, units=(64,)),
        _truth(State.STUCK, cause=SignKind.DEAD_UNITS),
    ),
    "dead_sgd": (
        _like(hidden_layers=2, learning_rate=10.0, batch_size=50),
        _truth(State.STUCK, cause=CauseKind.RATE_TOO_HIGH),
    ),
    "late_sigmoid": (
        _adam(activation="sigmoid", hidden_layers=8, units=(150,), epochs=5),
        _truth(State.STUCK, State.IMPROVING, cause=SignKind.VANISHING, overfits=False),
    ),
    "vanishing_sigmoid": (
        _like(activation="sigmoid", hidden_layers=6, units=(100,), learning_rate=0.2),
        _truth(State.STUCK, cause=SignKind.VANISHING, overfits=False),
    ),
    "zeros_tanh": (
        _like(initialisation="zeros", activation="tanh", hidden_layers=2),
        _truth(State.STUCK, cause=SignKind.SYMMETRY, overfits=False),
    ),
    "zeros_sigmoid": (
        _adam(initialisation="zeros", activation="sigmoid"),
        _truth(State.IMPROVING, State.CONVERGED, cause=SignKind.SYMMETRY, overfits=False),
    ),
    "linear": (
        _adam(activation="none", hidden_layers=2, learning_rate=0.0005, epochs=12),
        _truth(*_LEARNING, cause=SignKind.LINEAR),
    ),
    "no_hidden_layer": (
        _like(hidden_layers=0, epochs=12),
        _truth(*_LEARNING, cause=SignKind.LINEAR),
    ),
    "under_capacity": (
        _adam(learning_rate=0.005, units=(3,), epochs=30),
        _truth(State.CONVERGED, cause=CauseKind.TOO_NARROW, overfits=False),
    ),
    "small_data": (
        _adam(training_images=1_500, hidden_layers=2, batch_size=50, epochs=40),
        _truth(State.PAST_BEST, overfits=True),
    ),
    "shuffled_labels": (
        _adam(shuffled_labels=1.0, epochs=8),
        _truth(State.STUCK, cause=CauseKind.LABELS),
    ),
    "half_shuffled": (
        _adam(shuffled_labels=0.6, units=(64,), training_images=25_000),
        _truth(*_LEARNING, cause=CauseKind.LABELS),
    ),
    "no_validation": (_like(validation_images=0), _GOOD),
    "one_epoch": (_like(epochs=1), _truth(State.UNKNOWN, overfits=False)),
    "two_epochs": (_adam(epochs=2), _truth(State.UNKNOWN, overfits=False)),
}


def main(arguments: Sequence[str]) -> Mapping[str, float | int | str | None]:
    """Train all runs and return the results by name."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks diagnosis [--json FILE]")
    parser.add_argument("--seeds", type=positive, default=3, help="of each case")
    seeds = range(_FIRST_SEED, _FIRST_SEED + parser.parse_args(arguments).seeds)
    digits = images.load(train=True)
    found = {
        name: [judge(dataclasses.replace(config, seed=seed), digits) for seed in seeds]
        for name, (config, _) in _CASES.items()
    }
    return _count(found)


def judge(config: RunConfig, digits: Digits) -> Finding:
    """Train a run and tell what is to be said of it."""
    splits = mnist.split(digits, digits, config)
    history = train(config, splits, lambda event: None, lambda: False).history
    said = diagnose(config, history)
    overfitting = find_overfitting(history, config.validation_images, Measure.LOSS)
    return Finding(
        said.evidence.convergence.state,
        (*(sign.kind for sign in said.signs), *(cause.kind for cause in said.causes)),
        isinstance(overfitting, Onset),
    )


def _count(found: Mapping[str, Sequence[Finding]]) -> Mapping[str, float | int | str | None]:
    pairs = [
        (name, finding, _CASES[name][1]) for name, findings in found.items() for finding in findings
    ]
    mistaken = [(name, finding) for name, finding, truth in pairs if not finding.is_right(truth)]
    for name, finding in mistaken:
        print(f"{name}: {finding}", file=sys.stderr)
    too_early = sum(finding.state is State.UNKNOWN for _, finding in mistaken)
    healthy = [finding for name in _HEALTHY for finding in found[name]]
    return {
        "runs": len(pairs),
        "right": len(pairs) - len(mistaken),
        "wrong": len(mistaken) - too_early,
        "cannot_tell": too_early,
        "share_right": 1 - len(mistaken) / len(pairs),
        "healthy_runs": len(healthy),
        "false_alarms_on_healthy": sum(not finding.is_right(_GOOD) for finding in healthy),
        "wrong_overfitting_on_healthy": sum(finding.overfits for finding in healthy),
    }
