"""Finds and locks labs and runs, and checks what may be done with them."""

from sqlalchemy import Select, delete, select
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


def lock_explained(session: Session, lab: str, run_id: str) -> None:
    """Lock the run that a test explains; StoreError unless it is a run of this lab, not a test."""
    row = lock_own_run(session, lab, run_id)
    if row.explains is not None:
        raise StoreError(f"“{row.name}” is itself a test.", "Test the run that it explains.")


def select_runs(lab: str) -> Select[RunRow]:
    """Select a lab's runs and their tests, the newest first."""
    return select(RunRow).where(RunRow.lab == lab).order_by(RunRow.created_at.desc())


def select_tests(run_id: str) -> Select[RunRow]:
    """Select a run's tests, the newest first."""
    return select(RunRow).where(RunRow.explains == run_id).order_by(RunRow.created_at.desc())


def delete_tests(session: Session, row: RunRow) -> None:
    """Delete a run's tests; StoreError if one is still going on."""
    for test in session.scalars(select_tests(row.id).with_for_update()):
        refuse_active(test, f"It is a test of “{row.name}”: wait until it ends, or stop it.")
    # At once, since a flush might delete the run before its tests, which go with it.
    session.execute(delete(RunRow).where(RunRow.explains == row.id))


def refuse_test(row: RunRow) -> None:
    """Raise StoreError if a run is a test, which keeps its settings."""
    if row.explains is not None:
        problem = f"“{row.name}” is a test, so its settings can't change."
        raise StoreError(problem, "Train a run of your own with them instead.")


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
