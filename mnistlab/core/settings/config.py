"""`RunConfig`: all settings of a run, as JSON and as a URL's query.

The same names are used for the fields, the form's widget keys and the URL.
"""

import dataclasses
import itertools
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import cast

from mnistlab.core.errors import ConfigError, UnreadableConfigError
from mnistlab.core.settings import fields
from mnistlab.core.settings.distortions import DISTORTIONS
from mnistlab.core.settings.fields import SETTINGS, nearest_units
from mnistlab.core.settings.kinds import Value, reject
from mnistlab.core.settings.rate_change import RateChange

PIXELS = 28 * 28
DIGITS = 10
CONFIG_VERSION = 2
"""Of the JSON. Raise it when a field's meaning changes: an older version of mnistlab then
refuses the config, as it refuses one with an unknown field. Version 1 has no `rate_changes`."""

MNIST_TRAINING_IMAGES = 60_000
"""MNIST's own training set, which is divided into training and validation images."""


@dataclass(frozen=True)
class RunConfig:
    """The settings of one run. `fields.SETTINGS` has the rules.

    Raises:
        ConfigError: If a value is not allowed, or two do not go together.
    """

    hidden_layers: int = fields.HIDDEN_LAYERS.default
    units: tuple[int, ...] = fields.UNITS.default
    activation: str = fields.ACTIVATION.default
    optimizer: str = fields.OPTIMIZER.default
    learning_rate: float = fields.LEARNING_RATE.default
    momentum: float = fields.MOMENTUM.default
    weight_decay: float = fields.WEIGHT_DECAY.default
    dropout: float = fields.DROPOUT.default
    batch_size: int = fields.BATCH_SIZE.default
    epochs: int = fields.EPOCHS.default
    training_images: int = fields.TRAINING_IMAGES.default
    validation_images: int = fields.VALIDATION_IMAGES.default
    distortions: str = fields.DISTORTION.default
    shuffled_labels: float = fields.SHUFFLED_LABELS.default
    initialisation: str = fields.INITIALISATION.default
    schedule: str = fields.SCHEDULE.default
    rate_changes: tuple[RateChange, ...] = fields.RATE_CHANGES.default
    seed: int = fields.SEED.default

    def __post_init__(self) -> None:
        for name, setting in SETTINGS.items():
            value = getattr(self, name)
            if not setting.check(value):
                raise reject(setting, str(value))
        self._check_widths()
        self._check_split()

    def _check_widths(self) -> None:
        if self.hidden_layers and len(self.units) not in (1, self.hidden_layers):
            raise ConfigError(
                "units",
                f"Units per layer lists {len(self.units)} widths, but there are "
                f"{self.hidden_layers} hidden layers.",
                f"Write one number for all, or {self.hidden_layers} separated by commas.",
            )

    def _check_split(self) -> None:
        wanted = self.training_images + self.validation_images
        if wanted > MNIST_TRAINING_IMAGES:
            raise ConfigError(
                "training_images",
                f"{self.training_images:,} training and {self.validation_images:,} validation "
                f"images make {wanted:,}, but there are only {MNIST_TRAINING_IMAGES:,}.",
                f"Train on {MNIST_TRAINING_IMAGES - self.validation_images:,} or fewer, "
                "or use fewer validation images.",
            )

    @property
    def widths(self) -> tuple[int, ...]:
        """The width of each hidden layer, in order."""
        if len(self.units) == 1 or not self.hidden_layers:
            return self.units[:1] * self.hidden_layers
        return self.units

    @property
    def layer_sizes(self) -> tuple[int, ...]:
        """All widths from pixels to digits, such as (784, 512, 512, 10)."""
        return (PIXELS, *self.widths, DIGITS)

    @property
    def parameter_count(self) -> int:
        """Weights and biases of the network, together."""
        sizes = self.layer_sizes
        return sum((before + 1) * after for before, after in itertools.pairwise(sizes))

    @property
    def steps_per_epoch(self) -> int:
        """Batches in an epoch; the last may be smaller than the others."""
        return -(-self.training_images // self.batch_size)

    def base_rate(self, step: int) -> float:
        """Return the learning rate that the schedule scales in a step, which counts from 0."""
        begun = [each.learning_rate for each in self.rate_changes if each.step <= step]
        return begun[-1] if begun else self.learning_rate

    def with_rate_changes(self, changes: Iterable[RateChange]) -> "RunConfig":
        """Return these settings with further changes, which replace others at the same steps."""
        by_step = {each.step: each for each in (*self.rate_changes, *changes)}
        in_order = tuple(by_step[step] for step in sorted(by_step))
        return dataclasses.replace(self, rate_changes=in_order)

    @property
    def is_distorted(self) -> bool:
        """Whether training images are distorted."""
        return DISTORTIONS[self.distortions].warp is not None

    def to_query(self) -> dict[str, str]:
        """Return all settings as text, for a URL's query."""
        return {name: s.format(getattr(self, name)) for name, s in SETTINGS.items()}

    def to_json(self) -> str:
        """Return all settings as JSON."""
        return json.dumps({"version": CONFIG_VERSION, **dataclasses.asdict(self)})

    @classmethod
    def from_json(cls, text: str) -> "RunConfig":
        """Read what `to_json` wrote, now or in an earlier version of mnistlab.

        Raises:
            UnreadableConfigError: If it is from a newer version, or damaged.
        """
        try:
            fields = json.loads(text)
            version = fields.pop("version", CONFIG_VERSION)
            if version > CONFIG_VERSION or not SETTINGS.keys() >= fields.keys():
                raise UnreadableConfigError(
                    "Its settings were saved by a newer version of mnistlab.",
                    "Install that version to open it.",
                )
            changes = tuple(RateChange(**each) for each in fields.pop("rate_changes", ()))
            return cls(**{**fields, "units": tuple(fields["units"]), "rate_changes": changes})
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
            raise _unreadable("damaged") from error
        except ConfigError as error:
            raise _unreadable(f"not ones that this version knows ({error.problem})") from error

    @classmethod
    def nearest(cls, query: Mapping[str, str]) -> "tuple[RunConfig, tuple[ConfigError, ...]]":
        """Read settings written as text, correcting what is not allowed.

        Returns:
            The closest allowed config, and an error for each correction.
        """
        errors = []
        values: dict[str, Value] = {name: setting.default for name, setting in SETTINGS.items()}
        for name, text in query.items():
            try:
                values[name] = SETTINGS[name].parse(text)
            except ConfigError as error:
                errors.append(error)
                values[name] = SETTINGS[name].nearest(text)
        while True:
            try:
                return cls(**values), tuple(errors)  # type: ignore[arg-type]
            except ConfigError as error:
                errors.append(error)
                values[error.setting] = _fit(error.setting, values)


def _unreadable(what: str) -> UnreadableConfigError:
    return UnreadableConfigError(
        f"Its settings are {what}.",
        "If a newer version of mnistlab saved it, install that version to open it.",
    )


def _fit(name: str, values: Mapping[str, Value]) -> Value:
    """Return the value of `units` or `training_images` that fits all other values."""
    layers, units = values["hidden_layers"], values["units"]
    training, validation = values["training_images"], values["validation_images"]
    # The parsers that made these values give these types.
    assert isinstance(layers, int)
    assert isinstance(training, int)
    assert isinstance(validation, int)
    if name == "units":
        return nearest_units(cast(tuple[int, ...], units), layers)
    return min(training, MNIST_TRAINING_IMAGES - validation)
