"""The base settings of the experiments, and the arms that vary them."""

import dataclasses
from collections.abc import Mapping

from mnistlab.core.experiments.experiment import Arm
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.presets import PRESETS

PLAIN = RunConfig(
    units=(128,),
    optimizer="adam",
    learning_rate=0.001,
    weight_decay=0.0,
    dropout=0.0,
    batch_size=64,
    epochs=4,
    training_images=10_000,
    schedule="constant",
)
"""A plain network trained for a few seconds: small enough that a whole experiment takes about a
minute, large enough to show the effects."""

SGD = dataclasses.replace(PLAIN, optimizer="sgd", learning_rate=0.1)
"""The same with the simplest optimizer, for effects that an adaptive one hides."""

_SHORTER = {"training_images": 20_000, "validation_images": 5_000, "epochs": 4}
NOTEBOOK = dataclasses.replace(PRESETS["notebook"].config, **_SHORTER)  # type: ignore[arg-type]
OURS = dataclasses.replace(RunConfig(), **_SHORTER)  # type: ignore[arg-type]
"""The notebook's settings and the defaults, with networks of the same size: on fewer images for
fewer epochs, and with validation images."""


def vary(base: RunConfig, settings: Mapping[str, Mapping[str, object]]) -> tuple[Arm, ...]:
    """Return an arm for each label: `base` with the label's settings."""
    return tuple(
        Arm(label, dataclasses.replace(base, **changed))  # type: ignore[arg-type]
        for label, changed in settings.items()
    )


def same(arms: tuple[Arm, ...]) -> dict[str, str]:
    """Return the arms' labels as the options to predict from."""
    return {arm.key: arm.label for arm in arms}
