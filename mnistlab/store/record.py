"""`RunRecord`: a run as lists show it."""

import dataclasses
import functools
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from mnistlab.core.errors import UnreadableConfigError, UnreadableRunError
from mnistlab.core.run import RunStatus
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.kinds import quote
from mnistlab.store.tables import RunRow


@dataclass(frozen=True)
class Explains:
    """What a test run explains.

    Attributes:
        run: The id of the run whose settings it has, but for one change.
        remedy: That change, a name of `remedies.REMEDIES`.
    """

    run: str
    remedy: str


@dataclass(frozen=True)
class RunRecord:
    """A run without its curves and weights.

    Attributes:
        id: Unguessable; anyone who has it may view the run.
        lab: The key of the lab whose run it is.
        name: What its student calls it.
        config: Its settings.
        status: Its state.
        message: Why it failed or was interrupted; empty otherwise.
        created_at: When it was submitted, in UTC.
        seconds: Training time so far.
        epochs_done: Whole epochs trained.
        best_epoch: The epoch with the lowest validation loss; None before the first
            ends, and without validation images.
        validation_accuracy: Of the best epoch, from 0 to 1.
        validation_loss: Of the best epoch, in nats for each image.
        test_correct: Test images that the kept weights classify correctly; None
            without weights.
        test_total: Test images classified; None likewise.
        explains: The id of the run that a test run explains; None for others.
        remedy: The change of that run's settings; None likewise.
    """

    id: str
    lab: str
    name: str
    config: RunConfig
    status: RunStatus
    message: str
    created_at: datetime
    seconds: float
    epochs_done: int
    best_epoch: int | None
    validation_accuracy: float | None
    validation_loss: float | None
    test_correct: int | None
    test_total: int | None
    explains: str | None
    remedy: str | None


@dataclass(frozen=True)
class UnreadableRun:
    """A run that this version of mnistlab can't read, saved by a newer one perhaps.

    Attributes:
        id: As a run's.
        name: What its student calls it.
        created_at: When it was submitted, in UTC.
        reason: What is wrong with it, and what to do.
    """

    id: str
    name: str
    created_at: datetime
    reason: str


def new_row(
    lab: str, config: RunConfig, name: str, owner: str, explains: Explains | None
) -> RunRow:
    """Return the row of a run that waits for its training, with an unguessable id.

    Its lease is not set yet.
    """
    now = datetime.now(UTC)
    return RunRow(
        id=secrets.token_urlsafe(9),
        lab=lab,
        name=name,
        config=config.to_json(),
        status=RunStatus.QUEUED,
        created_at=now,
        owner=owner,
        used_at=now,
        explains=explains.run if explains else None,
        remedy=explains.remedy if explains else None,
    )


def to_record(row: RunRow) -> RunRecord:
    """Read a row of the table of runs.

    Raises:
        UnreadableRunError: If this version of mnistlab can't read it.
    """
    try:
        return _read(row)
    except UnreadableConfigError as error:
        raise UnreadableRunError(
            f"“{row.name}” can't be opened. {error.problem}", error.remedy
        ) from error
    except ValueError as error:  # of the status
        problem = f"“{row.name}” can't be opened. Its status {quote(row.status)} is unknown."
        raise UnreadableRunError(
            problem, "Install the version of mnistlab that saved it."
        ) from error


def to_listed(row: RunRow) -> RunRecord | UnreadableRun:
    """Read a row of the table of runs; a row that can't be read is a value too."""
    try:
        return to_record(row)
    except UnreadableRunError as error:
        return UnreadableRun(row.id, row.name, row.created_at, str(error))


def _read(row: RunRow) -> RunRecord:
    status = _read_status(row)
    values = {field.name: getattr(row, field.name) for field in dataclasses.fields(RunRecord)}
    values |= {"status": status, "config": read_config(row.config)}
    if status is RunStatus.DIVERGED:
        values["message"] = ""
    return RunRecord(**values)


def _read_status(row: RunRow) -> RunStatus:
    """Return a run's status; up to schema 3 divergence is recorded in the message alone."""
    status = RunStatus(row.status)
    has_diverged = status is RunStatus.FAILED and _OLD_DIVERGENCE.search(row.message)
    return RunStatus.DIVERGED if has_diverged else status


_OLD_DIVERGENCE = re.compile("loss (is no longer a number|grew beyond all numbers) after step")

# A page shows all runs of a lab; checking their settings anew took a tenth of its time.
read_config = functools.lru_cache(maxsize=1_000)(RunConfig.from_json)
