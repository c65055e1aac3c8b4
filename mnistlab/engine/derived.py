"""Settings and names that follow from a run's."""

import dataclasses

from mnistlab.core.analysis.diagnosis.remedies import REMEDIES
from mnistlab.core.errors import ConfigError
from mnistlab.core.settings.config import RunConfig
from mnistlab.store import NAME_LENGTH, RunRecord


def longer(record: RunRecord, epochs: int) -> RunConfig:
    """Return a run's settings with more epochs.

    Raises:
        ConfigError: If `epochs` is not allowed, or no more than it has.
    """
    if epochs <= record.epochs_done:
        raise ConfigError(
            "epochs",
            f"The run already has {record.epochs_done} epochs, so it can't train until {epochs}.",
            "Choose a higher number.",
        )
    return dataclasses.replace(record.config, epochs=epochs)


def name_of_test(run: str, remedy: str) -> str:
    """Return the name of a test of the run that is called `run`."""
    label = REMEDIES[remedy].label
    return f"{run[: NAME_LENGTH - len(label) - 2]}: {label}"
