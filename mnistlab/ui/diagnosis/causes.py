"""Texts on the suspected causes of a run's trouble: what speaks for each, and what to change."""

from collections.abc import Callable
from typing import NamedTuple

from mnistlab.core.analysis.diagnosis.causes import Cause
from mnistlab.core.analysis.diagnosis.convergence import CHANCE_LOSS
from mnistlab.core.analysis.diagnosis.evidence import Evidence
from mnistlab.core.analysis.diagnosis.remedies import CauseKind, remedied
from mnistlab.core.settings.activations import ACTIVATIONS
from mnistlab.core.settings.config import RunConfig
from mnistlab.ui import formatting
from mnistlab.ui.diagnosis.changes import describe_change
from mnistlab.ui.diagnosis.signs import times


class Words(NamedTuple):
    """The texts on a suspected cause.

    Attributes:
        headline: Its name.
        evidence: What speaks for it, with its numbers.
        remedy: The one change that is expected to help most, and what is expected of it.
    """

    headline: str
    evidence: str
    remedy: str


def explain(cause: Cause, evidence: Evidence) -> Words:
    """Return the texts on a cause that is suspected of a run."""
    headline, describe = _CAUSES[cause.kind]
    return Words(headline, describe(evidence), _remedy(cause, evidence.config))


def headline(kind: CauseKind) -> str:
    """Return the name of a cause."""
    return _CAUSES[kind][0]


def _remedy(cause: Cause, config: RunConfig) -> str:
    change = describe_change(config, remedied(config, cause.remedy))
    reached = formatting.percent(cause.outlook.accuracy, 0)
    sure = min(99, round(100 * cause.chance))
    return (
        f"Try {change}: it helped in about {sure} of 100 similar runs, which then reached about "
        f"{reached}."
    )


def _share(change: float) -> str:
    """Write how much weights changed: 3.7%, 19 times their size."""
    if change < 1:
        return f"{formatting.number(100 * change, 2)}%"
    return f"{times(change)} times their size"


def _rate_too_high(evidence: Evidence) -> str:
    said = f"One step changed a layer's weights by up to {_share(max(evidence.updates, default=0))}"
    said += " (typical: about 0.1%)"
    if evidence.worst_loss > 2 * CHANCE_LOSS:
        said += f", and training loss jumped to {formatting.number(evidence.worst_loss)}"
    return f"{said}."


def _rate_too_low(evidence: Evidence) -> str:
    step = max(evidence.updates, default=0)
    return (
        f"No step changed a layer's weights by more than {_share(step)} (typical: about 0.1%), and "
        f"{_still_falling(evidence)}."
    )


def _epochs(evidence: Evidence) -> str:
    steps = evidence.last.step
    return f"After {steps:,} steps, {_still_falling(evidence)}."


def _still_falling(evidence: Evidence) -> str:
    pace = evidence.convergence.trend.pace if evidence.convergence.trend else 0.0
    loss = formatting.loss(evidence.loss)
    if pace <= 0:
        return f"the loss ended at {loss}"
    return f"the loss, {loss} at the end, still fell by {formatting.percent(pace, 1)} per epoch"


def _regularised(evidence: Evidence) -> str:
    config, found = evidence.config, []
    if config.dropout:
        share = formatting.percent(config.dropout, 0)
        found.append(f"dropout switches off {share} of the hidden units in each step")
    if config.weight_decay:
        decay = formatting.setting("weight_decay", config.weight_decay)
        found.append(f"a weight decay of {decay} (usual: 0.01 or less) keeps the weights small")
    both = " and ".join(found)
    return f"{both[0].upper()}{both[1:]}; it gets {_of_training(evidence)} right."


def _labels(evidence: Evidence) -> str:
    share = formatting.percent(evidence.config.shuffled_labels, 0)
    return (
        f"{share} of its training images have a shuffled label. It gets {_of_training(evidence)} "
        f"right, and {_of_validation(evidence)}."
    )


def _too_narrow(evidence: Evidence) -> str:
    narrowest = min(evidence.config.widths)
    units = "a single unit" if narrowest == 1 else f"{narrowest} units"
    return (
        f"Its narrowest hidden layer has {units}, through which everything must pass. It gets "
        f"{_of_training(evidence)} right."
    )


def _too_shallow(evidence: Evidence) -> str:
    if not evidence.config.hidden_layers:
        return (
            "Without a hidden layer it only adds up weighted pixels, which gets about 92% of "
            f"MNIST right at best; it gets {_of_training(evidence)} right."
        )
    return f"With one hidden layer it gets {_of_training(evidence)} right."


def _too_deep(evidence: Evidence) -> str:
    return (
        f"Gradients pass back through {evidence.config.hidden_layers} hidden layers, and "
        f"{_how_they_pass(evidence)}."
    )


def _how_they_pass(evidence: Evidence) -> str:
    first, last = evidence.middle_gradients
    if not first:
        return "none reached the first one"
    ratio = times(first / last)
    return f"in the middle of all measurements the first layer's was {ratio} times the last one's"


def _activation(evidence: Evidence) -> str:
    label = ACTIVATIONS[evidence.config.activation].label
    if evidence.config.activation == "none":
        return "Without an activation function, all its layers together are one linear layer."
    dead = evidence.worst(lambda layer: layer.dead)
    flat = evidence.worst(lambda layer: layer.flat)
    return (
        f"{label} is nearly flat for up to {formatting.percent(flat, 0)} of a layer's activations, "
        f"and up to {formatting.percent(dead, 0)} of a layer's units are so for every image. "
        "Almost no gradient gets through there."
    )


def _start(evidence: Evidence) -> str:
    copies = max(layer.copies or 0.0 for layer in evidence.first_probe.layers)
    if copies:
        share = formatting.percent(copies, 0)
        return f"Right after the first step, up to {share} of a layer's units were copies."
    norms = [layer.gradient for layer in evidence.first_probe.layers]
    return (
        f"Right after the first step, the layers' gradient norms were from "
        f"{formatting.number(min(norms), 2)} to {formatting.number(max(norms), 2)} "
        "(typical: about 1)."
    )


def _images(evidence: Evidence) -> str:
    return (
        f"From {evidence.config.training_images:,} training images it learned to get "
        f"{_of_training(evidence)} right, and {_of_validation(evidence)}."
    )


def _batch_too_large(evidence: Evidence) -> str:
    size, steps = evidence.config.batch_size, evidence.last.step
    return (
        f"With {size:,} images in each step, it took only {steps:,} steps; at the end, "
        f"{_still_falling(evidence)}."
    )


def _batch_too_small(evidence: Evidence) -> str:
    size = evidence.config.batch_size
    trend = evidence.convergence.trend
    swing = formatting.percent(trend.oscillation if trend else 0.0, 1)
    return (
        f"Each step follows the gradient of {size:,} images only, which is mostly chance; the loss "
        f"swung by {swing} per epoch."
    )


def _of_training(evidence: Evidence) -> str:
    return f"{formatting.percent(evidence.train_accuracy, 1)} of its training images"


def _of_validation(evidence: Evidence) -> str:
    share = evidence.last.validation_accuracy
    return f"{formatting.percent(share, 1)} of the validation images"


_CAUSES: dict[CauseKind, tuple[str, Callable[[Evidence], str]]] = {
    CauseKind.RATE_TOO_HIGH: ("Learning rate too high", _rate_too_high),
    CauseKind.RATE_TOO_LOW: ("Learning rate too low", _rate_too_low),
    CauseKind.REGULARISED: ("Too much regularization", _regularised),
    CauseKind.LABELS: ("Wrong labels", _labels),
    CauseKind.TOO_NARROW: ("Too few units", _too_narrow),
    CauseKind.TOO_SHALLOW: ("Too few layers", _too_shallow),
    CauseKind.TOO_DEEP: ("Too many layers", _too_deep),
    CauseKind.ACTIVATION: ("Unsuitable activation function", _activation),
    CauseKind.START: ("Unsuitable initial weights", _start),
    CauseKind.EPOCHS: ("Too few epochs", _epochs),
    CauseKind.IMAGES: ("Too few training images", _images),
    CauseKind.BATCH_TOO_LARGE: ("Batches too large", _batch_too_large),
    CauseKind.BATCH_TOO_SMALL: ("Batches too small", _batch_too_small),
}
