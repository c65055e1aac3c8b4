"""Folders, addresses and limits from environment variables.

Streamlit sets its secrets as environment variables, so they may be among these.
"""

import functools
import os
import tempfile
from pathlib import Path

import psutil

from mnistlab.core.errors import ConfigError
from mnistlab.core.settings.kinds import WholeNumber
from mnistlab.core.settings.limits import FEWEST_PARAMETERS, MEGABYTE, WIDEST, Limits


def home() -> Path:
    """Return the folder for runs and unpacked images: MNISTLAB_HOME or ~/.mnistlab."""
    named = os.environ.get("MNISTLAB_HOME")
    if named:
        return Path(named).expanduser()
    try:
        return Path.home() / ".mnistlab"
    except RuntimeError:  # no home folder, as in a container without a user entry
        return Path(tempfile.gettempdir()) / "mnistlab"


def images_cache() -> Path:
    """Return the folder that MNIST is unpacked to."""
    return home() / "images"


def scheduler_address() -> str | None:
    """Return the address of an existing Dask scheduler, if one is to be used."""
    return os.environ.get("MNISTLAB_SCHEDULER") or None


def database_url() -> str | None:
    """Return the SQLAlchemy URL of an existing database, if one is to be used."""
    return os.environ.get("MNISTLAB_DATABASE", "").strip() or None


def limits() -> tuple[Limits, tuple[str, ...]]:
    """Return the limits of this server.

    Returns:
        The limits, and a notice for each variable with an invalid value, for which the
        default is used.
    """
    notices: list[str] = []
    parameters, epochs, runs, megabytes = (_read(variable, notices) for variable in _variables())
    return Limits(parameters, epochs, runs, megabytes * MEGABYTE), tuple(notices)


@functools.cache
def usual_limits() -> Limits:
    """Return the default limits of this machine."""
    if memory() < _ROOMY:
        return Limits()
    return Limits(max_parameters=WIDEST.max_parameters)


def memory() -> int:
    """Return the bytes of memory of this machine, or of its container.

    Dask measures it too, but takes a third of a second to be imported.
    """
    allowed = [_read_number(path) for path in _CONTAINER_LIMITS]
    return min([psutil.virtual_memory().total, *filter(None, allowed)])


def notice_little_memory() -> tuple[str, ...]:
    """Return a notice if this machine has too little memory to train on it."""
    if scheduler_address() is not None or memory() >= _MEMORY_TO_TRAIN:
        return ()
    has, takes = memory() // 2**20, _MEMORY_TO_TRAIN // 2**20
    return (
        f"This server has {has:,} MB of memory, and training takes about {takes:,} MB: runs may "
        "fail. Everything else works.",
    )


_MEMORY_TO_TRAIN = 800 * 2**20
"""Bytes for a server and one training process. `python -m benchmarks small_host`: Quick start was
trained with 820 MB, and with 760 MB after the training process was killed once."""

_CONTAINER_LIMITS = (
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory.high"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)
"""Linux's files of these limits, in the second and the first version of control groups."""


def _read_number(path: Path) -> int | None:
    try:
        return int(path.read_text())
    except (OSError, ValueError):  # not there, or "max"
        return None


_ROOMY = 8 * 2**30
"""Bytes of memory in which two workers train the largest network, 3.5 GiB each."""


def _variables() -> tuple[WholeNumber, ...]:
    usual, most = usual_limits(), WIDEST
    stored, most_stored = usual.store_bytes // MEGABYTE, most.store_bytes // MEGABYTE
    return (
        _limit(
            "MNISTLAB_MAX_PARAMETERS", usual.max_parameters, FEWEST_PARAMETERS, most.max_parameters
        ),
        _limit("MNISTLAB_MAX_EPOCHS", usual.max_epochs, 1, most.max_epochs),
        _limit("MNISTLAB_RUNS_PER_LAB", usual.runs_per_lab, 1, most.runs_per_lab),
        _limit("MNISTLAB_STORE_MB", stored, 1, most_stored),
    )


def _limit(name: str, usual: int, low: int, high: int) -> WholeNumber:
    return WholeNumber(name, name, "", usual, low, high)


def _read(variable: WholeNumber, notices: list[str]) -> int:
    text = os.environ.get(variable.name)
    if not text:
        return variable.default
    try:
        return variable.parse(text)
    except ConfigError as error:
        notices.append(
            f"{error.problem} Until it is corrected, the default of {variable.default:,} is used."
        )
        return variable.default
