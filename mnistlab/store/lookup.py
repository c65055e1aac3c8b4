"""Finds and locks labs and runs, and checks what may be done with them."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from mnistlab.core.errors import NotFoundError, StoreError
from mnistlab.core.run import RunStatus
from mnistlab.core.settings.config import RunConfig
from mnistlab.store.tables import LabRow, RunRow

NAME_LENGTH = 60
"""Characters that a run's name may have."""


def find_lab(session: Session, key: str) -> LabRow:
    """Return a lab, locked until the transaction ends; NotFoundError if there is none."""
    row = session.get(LabRow, key, with_for_update=True)
    if row is None:
        raise NotFoundError("There is no such lab.", "Check the link, or start a new lab.")
    return row


def lock_run(session: Session, run_id: str) -> RunRow | None:
    """Return a run, locked until the transaction ends."""
    return session.get(RunRow, run_id, with_for_update=True)


def lock_attempt(session: Session, run_id: str, attempt: int) -> RunRow | None:
    """Return a run as `lock_run` does; None if it was deleted or restarted since."""
    query = select(RunRow).where(RunRow.id == run_id, RunRow.attempt == attempt)
    return session.scalar(query.with_for_update())


def lock_own_run(session: Session, lab: str, run_id: str) -> RunRow:
    """Return a run as `lock_run` does; NotFoundError unless it is this lab's."""
    row = lock_run(session, run_id)
    return found(row if row and row.lab == lab else None)


def found(row: RunRow | None) -> RunRow:
    """Return the run that was looked for; NotFoundError if there was none."""
    if row is None:
        raise NotFoundError(
            "There is no such run.",
            "Check the link. It may have been deleted, or removed because the server was full.",
        )
    return row


def refuse_active(row: RunRow, remedy: str) -> None:
    """Raise StoreError if a run is still going on."""
    if RunStatus(row.status).is_active:
        raise StoreError(f"“{row.name}” has not ended yet.", remedy)


def checked_name(name: str) -> str:
    """Return a run's name without the space around it; StoreError if it can't be one."""
    stripped = name.strip()
    if not stripped:
        raise StoreError("A run's name can't be empty.", "Type a name.")
    if len(stripped) > NAME_LENGTH:
        raise StoreError(
            f"The name has {len(stripped)} characters; a run's may have {NAME_LENGTH}.",
            "Shorten it.",
        )
    return stripped


def have_same_network(one: RunConfig, other: RunConfig) -> bool:
    """Return whether weights trained under one config mean the same under the other."""
    return one.layer_sizes == other.layer_sizes and one.activation == other.activation
