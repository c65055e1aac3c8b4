"""Single changes of a run's settings, each of which may be what helps.

Each is tried alone, so that what helps was a cause. `REMEDIES` is the one place where one is
added: suspicion, experiment, form and benchmarks use it.
"""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from mnistlab.core.errors import ConfigError
from mnistlab.core.settings.config import MNIST_TRAINING_IMAGES, RunConfig
from mnistlab.core.settings.fields import BATCH_SIZE, EPOCHS, LEARNING_RATE
from mnistlab.core.settings.kinds import quote
from mnistlab.core.settings.rate_change import RateChange

_WIDE = 256
_ENOUGH_UNITS = 64
_MOST_EPOCHS = 60


class CauseKind(StrEnum):
    """What may be wrong with a run's settings."""

    RATE_TOO_HIGH = "learning rate too high"
    RATE_TOO_LOW = "learning rate too low"
    REGULARISED = "too much dropout or weight decay"
    LABELS = "wrong labels"
    TOO_NARROW = "too few units"
    TOO_SHALLOW = "too few layers"
    TOO_DEEP = "too many layers"
    ACTIVATION = "activation function"
    START = "initial weights"
    EPOCHS = "too few epochs"
    IMAGES = "too few training images"
    BATCH_TOO_LARGE = "batches too large"
    BATCH_TOO_SMALL = "batches too small"


@dataclass(frozen=True)
class Remedy:
    """A change of settings.

    Attributes:
        name: Its key, in tables and in the store.
        label: Its name for people, behind that of the run it changes.
        kind: The cause that it removes.
        apply: From a config to the changed one; None where there is nothing to change.
    """

    name: str
    label: str
    kind: CauseKind
    apply: Callable[[RunConfig], RunConfig | None]


def _rate(factor: float) -> Callable[[RunConfig], RunConfig | None]:
    def scale(rate: float) -> float:
        return float(f"{rate * factor:.3g}")

    def apply(config: RunConfig) -> RunConfig | None:
        rate = scale(config.learning_rate)
        changes = [RateChange(c.step, scale(c.learning_rate)) for c in config.rate_changes]
        if not all(map(LEARNING_RATE.check, (rate, *(c.learning_rate for c in changes)))):
            return None
        return dataclasses.replace(config, learning_rate=rate).with_rate_changes(changes)

    return apply


def _resize(config: RunConfig, **sizes: int) -> RunConfig:
    """Return settings with other batches or images, whose rate changes at the same epochs."""
    other = dataclasses.replace(config, **sizes, rate_changes=())  # type: ignore[arg-type]
    scale = other.steps_per_epoch / config.steps_per_epoch
    moved = (RateChange(round(scale * c.step), c.learning_rate) for c in config.rate_changes)
    return other.with_rate_changes(moved)


def _no_brake(config: RunConfig) -> RunConfig | None:
    if not config.dropout and not config.weight_decay:
        return None
    return dataclasses.replace(config, dropout=0.0, weight_decay=0.0)


def _right_labels(config: RunConfig) -> RunConfig | None:
    return dataclasses.replace(config, shuffled_labels=0.0) if config.shuffled_labels else None


def _wider(config: RunConfig) -> RunConfig | None:
    if all(width >= _WIDE for width in config.widths):
        return None
    widths = tuple(max(_WIDE, width) for width in config.units)
    return dataclasses.replace(config, units=widths[:1] if len(set(widths)) == 1 else widths)


def _deeper(config: RunConfig) -> RunConfig | None:
    if config.hidden_layers > 1:
        return None
    units = max(config.units[0], _ENOUGH_UNITS)
    return dataclasses.replace(config, hidden_layers=config.hidden_layers + 1, units=(units,))


def _shallower(config: RunConfig) -> RunConfig | None:
    if config.hidden_layers < 2:
        return None
    return dataclasses.replace(config, hidden_layers=1, units=config.units[:1])


def _other_activation(config: RunConfig) -> RunConfig | None:
    if not config.hidden_layers:
        return None
    other = "leaky_relu" if config.activation == "relu" else "relu"
    return dataclasses.replace(config, activation=other)


def _other_start(config: RunConfig) -> RunConfig:
    other = "he" if config.initialisation == "default" else "default"
    return dataclasses.replace(config, initialisation=other)


def _more_epochs(config: RunConfig) -> RunConfig | None:
    epochs = min(3 * config.epochs, _MOST_EPOCHS, EPOCHS.high)
    return dataclasses.replace(config, epochs=epochs) if epochs > config.epochs else None


def _more_images(config: RunConfig) -> RunConfig | None:
    most = MNIST_TRAINING_IMAGES - config.validation_images
    images = min(4 * config.training_images, most)
    if images < 1.5 * config.training_images:
        return None
    return _resize(config, training_images=images)


def _smaller_batch(config: RunConfig) -> RunConfig | None:
    size = config.batch_size // 8
    return _resize(config, batch_size=size) if size >= 4 else None


def _larger_batch(config: RunConfig) -> RunConfig | None:
    size = config.batch_size * 8
    if size > min(config.training_images, BATCH_SIZE.high):
        return None
    return _resize(config, batch_size=size)


REMEDIES = {
    remedy.name: remedy
    for remedy in (
        Remedy("rate_tenth", "rate ÷ 10", CauseKind.RATE_TOO_HIGH, _rate(1 / 10)),
        Remedy("rate_hundredth", "rate ÷ 100", CauseKind.RATE_TOO_HIGH, _rate(1 / 100)),
        Remedy("rate_times_10", "rate × 10", CauseKind.RATE_TOO_LOW, _rate(10)),
        Remedy("rate_times_100", "rate × 100", CauseKind.RATE_TOO_LOW, _rate(100)),
        Remedy("no_brake", "no regularization", CauseKind.REGULARISED, _no_brake),
        Remedy("right_labels", "right labels", CauseKind.LABELS, _right_labels),
        Remedy("wider", "more units", CauseKind.TOO_NARROW, _wider),
        Remedy("deeper", "one more layer", CauseKind.TOO_SHALLOW, _deeper),
        Remedy("shallower", "one hidden layer", CauseKind.TOO_DEEP, _shallower),
        Remedy("activation", "other activation", CauseKind.ACTIVATION, _other_activation),
        Remedy("start", "other initial weights", CauseKind.START, _other_start),
        Remedy("epochs", "more epochs", CauseKind.EPOCHS, _more_epochs),
        Remedy("images", "more images", CauseKind.IMAGES, _more_images),
        Remedy("batch_smaller", "smaller batches", CauseKind.BATCH_TOO_LARGE, _smaller_batch),
        Remedy("batch_larger", "larger batches", CauseKind.BATCH_TOO_SMALL, _larger_batch),
    )
}


def alternatives(config: RunConfig) -> dict[str, RunConfig]:
    """Return the changed settings by remedy, of all remedies that change something."""
    changed = {name: remedy.apply(config) for name, remedy in REMEDIES.items()}
    return {name: other for name, other in changed.items() if other is not None}


def remedied(config: RunConfig, name: str) -> RunConfig:
    """Return the settings as a remedy changes them.

    Raises:
        ConfigError: If there is no remedy of this name, or it changes nothing.
    """
    other = REMEDIES[name].apply(config) if name in REMEDIES else None
    if other is None:
        problem = f"No remedy {quote(name)} changes these settings."
        raise ConfigError("remedy", problem, "Choose another remedy.")
    return other
