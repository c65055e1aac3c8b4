"""What is said of each cause of a run's trouble: its evidence, and what to try."""

from collections.abc import Callable
from dataclasses import dataclass

from mnistlab.core.analysis.diagnosis.causes import Cause, CauseKind
from mnistlab.core.analysis.diagnosis.convergence import CHANCE_LOSS
from mnistlab.core.analysis.range_test.suggestion import round_rate
from mnistlab.core.settings.activations import ACTIVATIONS
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.kinds import write_number
from mnistlab.ui import formatting as wording


@dataclass(frozen=True)
class Words:
    """What is said of a cause: a headline, the evidence, and what to try."""

    headline: str
    evidence: str
    remedy: str


def explain(cause: Cause, config: RunConfig) -> Words:
    """Return the words for a cause that was found in a run."""
    return Words(*_CAUSES[cause.kind](cause, config))


def _rate(config: RunConfig, factor: float) -> str:
    return write_number(round_rate(config.learning_rate * factor))


def _round(times: float) -> str:
    return wording.number(float(f"{times:.2g}"), 2)


def _share(change: float) -> str:
    """Write how much weights changed: 3.7 %, 19 times what they were."""
    if change < 1:
        return f"{wording.number(100 * change, 2)} %"
    return f"{_round(change)} times what they were"


_Words = tuple[str, str, str]


def _exploding(cause: Cause, config: RunConfig) -> _Words:
    return (
        "Exploding gradients",
        f"Right after the first step the gradient of layer {cause.layer} had a norm of "
        f"{wording.number(cause.figure)}, where about 1 is usual: each layer made it bigger.",
        "Try smaller initial weights, fewer layers, or a much lower rate.",
    )


def _rate_too_high(cause: Cause, config: RunConfig) -> _Words:
    leap = f"A step changed a layer's weights by up to {_share(cause.compared)}"
    if cause.figure > 2 * CHANCE_LOSS:
        leap += f", and the training loss leapt to {wording.number(cause.figure)}"
    return (
        "The learning rate is too high",
        f"{leap}. About 0.1 % a step is usual.",
        f"Try {_rate(config, 0.1)} in place of {_rate(config, 1)}.",
    )


def _symmetry(cause: Cause, config: RunConfig) -> _Words:
    return (
        "Its units are copies of each other",
        f"In layer {cause.layer}, {wording.percent(cause.figure, 0)} of the units have another's "
        "very weights. They began the same, so they get the same gradients and stay the same: "
        "together they are worth one.",
        "Try random initial weights.",
    )


def _vanishing(cause: Cause, config: RunConfig) -> _Words:
    times = _round(cause.compared / cause.figure) if cause.figure else "endlessly"
    return (
        "Gradients vanish on their way back",
        f"In half of all looks inside, the last layer's gradient was at least {times} times as "
        "big as the first one's, so the first layers hardly learn.",
        "Try fewer layers, or ReLU, whose slope does not shrink them.",
    )


def _dead_units(cause: Cause, config: RunConfig) -> _Words:
    label = ACTIVATIONS[config.activation].label
    return (
        "Units are dead",
        f"In layer {cause.layer}, {wording.percent(cause.figure, 0)} of the units are in the flat "
        f"part of {label} for every image looked at. Where it is flat no gradient comes through, "
        "so they learn nothing any more.",
        f"Try a lower rate, such as {_rate(config, 0.1)}, or Leaky ReLU.",
    )


def _saturated(cause: Cause, config: RunConfig) -> _Words:
    label = ACTIVATIONS[config.activation].label
    return (
        "Units are saturated",
        f"In layer {cause.layer}, {wording.percent(cause.figure, 0)} of all answers lie where "
        f"{label} is nearly flat, so next to no gradient comes through.",
        f"Try a lower rate, such as {_rate(config, 0.1)}, or smaller initial weights.",
    )


def _rate_too_low(cause: Cause, config: RunConfig) -> _Words:
    return (
        "The learning rate is too low",
        f"No step changed a layer's weights by more than {wording.number(100 * cause.figure, 1)} "
        "%; about 0.1 % is usual.",
        f"Try {_rate(config, 10)} in place of {_rate(config, 1)}.",
    )


def _labels(cause: Cause, config: RunConfig) -> _Words:
    wrong = (
        f" The setting Shuffled labels is {wording.percent(config.shuffled_labels, 0)}."
        if config.shuffled_labels
        else ""
    )
    return (
        "The labels can't be learned",
        f"{wording.percent(cause.figure, 1)} of the training images are read right, and "
        f"{wording.percent(cause.compared, 1)} of the validation images. The network moved, but "
        f"what its training labels say does not follow from the images.{wrong}",
        "Look at the labels; no setting of the network mends them.",
    )


def _linear(cause: Cause, config: RunConfig) -> _Words:
    layers = (
        "Multiplied together, its layers are one linear map that gives the same logits, within "
        f"{wording.number(cause.figure, 1)}."
        if config.hidden_layers
        else "Without a hidden layer it can only weigh pixels."
    )
    return (
        "It is a linear map",
        f"{layers} Such a map reads about 92 % of MNIST's digits right, and no more layers change "
        f"that; here it is {wording.percent(cause.compared, 1)} of the training images.",
        "Try ReLU." if config.hidden_layers else "Try a hidden layer.",
    )


def _regularised(cause: Cause, config: RunConfig) -> _Words:
    brakes = []
    if cause.figure:
        brakes.append(f"dropout of {wording.setting('dropout', cause.figure)}")
    if cause.compared:
        brakes.append(f"weight decay of {wording.setting('weight_decay', cause.compared)}")
    return (
        "The brake is too strong",
        f"It reads neither new images nor those it learned from well, with a "
        f"{' and a '.join(brakes)}.",
        "Try less of it, or none.",
    )


def _capacity(cause: Cause, config: RunConfig) -> _Words:
    return (
        "The network is too small",
        f"It reads {wording.percent(cause.figure, 1)} of the training images right, hardly more "
        f"than of the validation images ({wording.percent(cause.compared, 1)}): it does not "
        "learn by heart, it lacks the means.",
        "Try more units.",
    )


_CAUSES: dict[CauseKind, Callable[[Cause, RunConfig], _Words]] = {
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
