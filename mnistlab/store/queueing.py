"""Puts a run into the line for training, within the caller's transaction."""

from sqlalchemy.orm import Session

from mnistlab.core.run import RunStatus
from mnistlab.core.settings.config import RunConfig
from mnistlab.store import lookup, results
from mnistlab.store.leases import database_time, lease_end
from mnistlab.store.record import to_record
from mnistlab.store.tables import RunRow


def put_in_line(session: Session, row: RunRow) -> None:
    """Queue a run behind all others, with a new lease for its owner."""
    row.status, row.message = RunStatus.QUEUED, ""
    row.queued_at, row.lease_until = database_time(session), lease_end(session)
    row.submitted_at, row.takeovers, row.stop_requested = None, 0, False


def change_config(session: Session, row: RunRow, config: RunConfig) -> None:
    """Give a run other settings, and delete what belongs to those that it had.

    Raises:
        StoreError: If it is a test or has one that is active.
    """
    before = to_record(row).config
    if config != before:
        lookup.refuse_test(row)
        lookup.delete_tests(session, row)
    if not lookup.have_same_network(before, config):
        results.drop_weights(session, row)
    row.config = config.to_json()
