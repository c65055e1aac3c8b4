"""The active runs of all servers that share a database."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import RowMapping, select, update

from mnistlab.core.errors import UnreadableConfigError
from mnistlab.core.run import RunStatus
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.history import History
from mnistlab.store import results
from mnistlab.store.database import Transactions
from mnistlab.store.leases import database_time
from mnistlab.store.record import read_config
from mnistlab.store.tables import ACTIVE, RunRow


@dataclass(frozen=True)
class ActiveRun:
    """A run that is queued or being trained, whichever server does that.

    Attributes:
        id: The run's.
        lab: The key of its lab.
        owner: The server that trains it, from `this_owner`.
        attempt: Which of its attempts this is.
        config: Its settings.
        status: QUEUED or RUNNING.
        queued_at: Since when it is in line, by the database's clock.
        submitted_at: When its scheduler got it; None while another of its lab is trained first.
        lease_until: When its server's lease ends; later whenever curves are saved.
        epochs_done: Whole epochs in its stored curves.
        continues: Whether it goes on from its checkpoint.
        stop_requested: Whether its server is to stop it.
    """

    id: str
    lab: str
    owner: str
    attempt: int
    config: RunConfig
    status: RunStatus
    queued_at: datetime
    submitted_at: datetime | None
    lease_until: datetime
    epochs_done: int
    continues: bool
    stop_requested: bool

    @property
    def share_left(self) -> float:
        """The share of its epochs that is still to be trained, from 0 to 1."""
        return 1 - self.epochs_done / self.config.epochs


class ActiveRuns:
    """Reads the active runs of all servers, and asks their servers to stop them."""

    def __init__(self, transactions: Transactions) -> None:
        self._read, self._write = transactions.read, transactions.write

    def all(self) -> list[ActiveRun]:
        """Return the active runs that this version of mnistlab can read."""
        with self._read() as session:
            return list(_readable(session.execute(_SELECT).mappings()))

    def history(self, run_id: str) -> History:
        """Return the curves of the training that is going on, as they were last saved."""
        with self._read() as session:
            content = results.get_blob(session, run_id, results.NEW_HISTORY)
            content = content or results.get_blob(session, run_id, results.HISTORY)
        return History.from_json(content.decode()) if content else History()

    def note_submission(self, run_id: str) -> None:
        """Note that a run's scheduler has got it now."""
        with self._write() as session:
            now = database_time(session)
            session.execute(update(RunRow).where(RunRow.id == run_id).values(submitted_at=now))

    def request_stop(self, run_id: str) -> None:
        """Ask the server that trains a run to stop it."""
        is_active = (RunRow.id == run_id, RunRow.status.in_(ACTIVE))
        with self._write() as session:
            session.execute(update(RunRow).where(*is_active).values(stop_requested=True))


_SELECT = select(
    RunRow.id,
    RunRow.lab,
    RunRow.owner,
    RunRow.attempt,
    RunRow.config,
    RunRow.status,
    RunRow.queued_at,
    RunRow.submitted_at,
    RunRow.lease_until,
    RunRow.epochs_done,
    RunRow.continues,
    RunRow.stop_requested,
).where(RunRow.status.in_(ACTIVE))


def _readable(rows: Iterable[RowMapping]) -> Iterator[ActiveRun]:
    for row in rows:
        try:
            config = read_config(row["config"])
        except UnreadableConfigError:  # a newer server's
            continue
        yield ActiveRun(**{**row, "config": config, "status": RunStatus(row["status"])})
