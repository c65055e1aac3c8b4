"""What the surroundings decide: folders, addresses, limits, from environment variables.

Streamlit hands secrets on as environment variables, so these may stand there too.
"""

import os
import tempfile
from pathlib import Path

from distributed.system import MEMORY_LIMIT

from mnistlab.core.errors import ConfigError
from mnistlab.core.kinds import WholeNumber
from mnistlab.core.limits import FEWEST_PARAMETERS, MEGABYTE, WIDEST, Limits


def home() -> Path:
    """Return the folder for runs and unpacked images: MNISTLAB_HOME or ~/.mnistlab."""
    named = os.environ.get("MNISTLAB_HOME")
    if named:
        return Path(named).expanduser()
    try:
        return Path.home() / ".mnistlab"
    except RuntimeError:  # nobody's home: a container without a user entry
        return Path(tempfile.gettempdir()) / "mnistlab"


def images_cache() -> Path:
    """Return the folder that MNIST is unpacked to."""
    return home() / "images"


def scheduler_address() -> str | None:
    """Return the address of an existing Dask scheduler, if one is to be used."""
    return os.environ.get("MNISTLAB_SCHEDULER") or None


def database_url() -> str | None:
    """Return the SQLAlchemy URL of an existing database, if one is to be used."""
    return os.environ.get("MNISTLAB_DATABASE") or None


def limits() -> tuple[Limits, tuple[str, ...]]:
    """Return the limits of this server.

    Returns:
        The limits, and a notice for each variable that says nothing usable, in whose
        place the default counts.
    """
    notices: list[str] = []
    parameters, epochs, runs, megabytes = (_read(variable, notices) for variable in _LIMITS)
    return Limits(parameters, epochs, runs, megabytes * MEGABYTE), tuple(notices)


_ROOMY = 8 * 2**30
"""Bytes of memory in which two workers train the largest network, 3.5 GiB each."""

USUAL_LIMITS = Limits() if MEMORY_LIMIT < _ROOMY else Limits(max_parameters=WIDEST.max_parameters)
"""What counts where no variable says otherwise."""


def _limit(name: str, usual: int, low: int, high: int) -> WholeNumber:
    return WholeNumber(name, name, "", usual, low, high)


_LIMITS = (
    _limit(
        "MNISTLAB_MAX_PARAMETERS",
        USUAL_LIMITS.max_parameters,
        FEWEST_PARAMETERS,
        WIDEST.max_parameters,
    ),
    _limit("MNISTLAB_MAX_EPOCHS", USUAL_LIMITS.max_epochs, 1, WIDEST.max_epochs),
    _limit("MNISTLAB_RUNS_PER_LAB", USUAL_LIMITS.runs_per_lab, 1, WIDEST.runs_per_lab),
    _limit(
        "MNISTLAB_STORE_MB",
        USUAL_LIMITS.store_bytes // MEGABYTE,
        1,
        WIDEST.store_bytes // MEGABYTE,
    ),
)


def _read(variable: WholeNumber, notices: list[str]) -> int:
    text = os.environ.get(variable.name)
    if not text:
        return variable.default
    try:
        return variable.parse(text)
    except ConfigError as error:
        notices.append(
            f"{error.problem} Until it is put right, {variable.default:,} counts, the usual."
        )
        return variable.default
