"""`RunStore`: labs, runs and drawings in a database."""

import secrets
from datetime import UTC, datetime

from sqlalchemy import Engine, Select

from mnistlab.core.arrays import Probabilities
from mnistlab.core.run import RunResult, RunStatus, SuspiciousLabels
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.history import History
from mnistlab.core.training.per_image import ImageScores
from mnistlab.store import label_blob, lookup, results
from mnistlab.store.active import ActiveRuns
from mnistlab.store.database import Transactions
from mnistlab.store.handwriting import Handwriting
from mnistlab.store.leases import Leases, lease_end
from mnistlab.store.queueing import change_config, put_in_line
from mnistlab.store.record import (
    Explains,
    RunRecord,
    UnreadableRun,
    new_row,
    to_listed,
    to_record,
)
from mnistlab.store.tables import DrawingRow, LabRow, RunRow
from mnistlab.store.upkeep import Upkeep


class RunStore:
    """Labs, their runs and drawings, in one database. Any thread may use it.

    Each method is one transaction. A training's writes name its attempt, which is 1 for a
    run's first. Those for a run that was deleted or restarted since are silently dropped.

    Args:
        engine: A database that `schema.prepare` has prepared.

    Attributes:
        active: The active runs of all servers.
        leases: Which server a run belongs to.
        upkeep: Notes use, and removes old runs to free space.
        handwriting: Labs' own test sets.

    Raises:
        StoreError: From any method, if the database can't do it.
    """

    def __init__(self, engine: Engine) -> None:
        self._transactions = Transactions(engine)
        self._read, self._write = self._transactions.read, self._transactions.write
        self.active = ActiveRuns(self._transactions)
        self.leases = Leases(self._transactions)
        self.upkeep = Upkeep(self._transactions)
        self.handwriting = Handwriting(self._transactions)

    def close(self) -> None:
        """Close the connections to the database."""
        self._transactions.close()

    def create_lab(self) -> str:
        """Create a lab and return its unguessable key; remove empty labs that are not visited."""
        self.upkeep.remove_empty_labs()
        key, now = secrets.token_urlsafe(16), datetime.now(UTC)
        with self._write() as session:
            session.add(LabRow(key=key, created_at=now, used_at=now))
        return key

    def has_lab(self, key: str) -> bool:
        """Return whether there is a lab with this key, which may be any text."""
        with self._read() as session:
            return session.get(LabRow, key) is not None

    def create_run(
        self, lab: str, config: RunConfig, name: str, owner: str, explains: Explains | None = None
    ) -> RunRecord:
        """Create a queued run.

        Args:
            lab: The lab whose run it is.
            config: Its settings.
            name: What to call it, at most `NAME_LENGTH` characters.
            owner: The process that trains it, from `this_owner`.
            explains: The run of this lab that it tests; None if it is no test.

        Raises:
            NotFoundError: If there is no such lab, or it has no such run to test.
            StoreError: If the name is empty or too long, or the run to test is a test itself.
            UnstorableError: If that run has a test of the same remedy.
        """
        row = new_row(lab, config, lookup.checked_name(name), owner, explains)
        with self._write() as session:
            if explains:
                lookup.lock_explained(session, lab, explains.run)
            lookup.find_lab(session, lab).used_at = row.used_at
            put_in_line(session, row)
            session.add(row)
            session.flush()
            return to_record(row)

    def run(self, run_id: str) -> RunRecord:
        """Return a run of any lab.

        Raises:
            NotFoundError: If there is none with this id.
            UnreadableRunError: If this version of mnistlab can't read it.
        """
        with self._read() as session:
            return to_record(lookup.found(session.get(RunRow, run_id)))

    def runs(self, lab: str) -> list[RunRecord]:
        """Return a lab's readable runs but for tests, the newest first."""
        query = lookup.select_runs(lab).where(RunRow.explains.is_(None))
        return [run for run in self._listed(query) if isinstance(run, RunRecord)]

    def tests(self, run_id: str) -> list[RunRecord]:
        """Return the readable tests of a run, the newest first."""
        listed = self._listed(lookup.select_tests(run_id))
        return [run for run in listed if isinstance(run, RunRecord)]

    def unreadable_runs(self, lab: str) -> list[UnreadableRun]:
        """Return a lab's runs and tests that this version can't read, the newest first."""
        listed = self._listed(lookup.select_runs(lab))
        return [run for run in listed if isinstance(run, UnreadableRun)]

    def _listed(self, query: Select[RunRow]) -> list[RunRecord | UnreadableRun]:
        with self._read() as session:
            return [to_listed(row) for row in session.scalars(query)]

    def rename(self, lab: str, run_id: str, name: str) -> None:
        """Give a run of this lab another name.

        Raises:
            NotFoundError: If this lab has no such run.
            StoreError: If the name is empty or longer than `NAME_LENGTH` characters.
        """
        with self._write() as session:
            lookup.lock_own_run(session, lab, run_id).name = lookup.checked_name(name)

    def delete(self, lab: str, run_id: str) -> None:
        """Delete a run of this lab, with its curves, weights and tests.

        Raises:
            NotFoundError: If this lab has no such run.
            StoreError: If it or a test of it is active.
        """
        with self._write() as session:
            row = lookup.lock_own_run(session, lab, run_id)
            lookup.refuse_active(row, "Stop it first, then delete it.")
            lookup.delete_tests(session, row)
            session.delete(row)

    def mark(self, run_id: str, status: RunStatus, message: str = "", *, attempt: int) -> None:
        """Set a run's status and message, and renew its lease."""
        with self._write() as session:
            if row := lookup.lock_attempt(session, run_id, attempt):
                row.status, row.message = status, message
                row.lease_until = lease_end(session)
                if not status.is_active:
                    results.drop_history_so_far(session, row)

    def restart(self, run_id: str, config: RunConfig, owner: str, continues: bool = False) -> int:
        """Queue a run once more, to train on or from the start.

        Its results are kept until the new training saves some, so that a continuation that
        fails loses nothing. Weights that don't fit the new config's network are deleted, and
        its tests if the new config is another, since they changed the old one.

        Args:
            run_id: The run.
            config: Its settings from now on.
            owner: The process that trains it, from `this_owner`.
            continues: Whether it goes on from its checkpoint; else it starts from its seed.

        Returns:
            The number of the new attempt; writes of earlier ones are dropped.

        Raises:
            NotFoundError: If there is no such run.
            StoreError: If it is active, or is to have another config although it is a test or
                has one that is active.
        """
        with self._write() as session:
            row = lookup.found(lookup.lock_run(session, run_id))
            lookup.refuse_active(row, "Wait until it ends, or stop it.")
            change_config(session, row, config)
            put_in_line(session, row)
            row.owner, row.continues, row.used_at = owner, continues, datetime.now(UTC)
            row.attempt += 1
            return row.attempt

    def save_history(self, run_id: str, history: History, attempt: int) -> None:
        """Save a training's curves so far, beside those of weights, and its rate changes."""
        with self._write() as session:
            if row := lookup.lock_attempt(session, run_id, attempt):
                row.status, row.message, row.lease_until = RunStatus.RUNNING, "", lease_end(session)
                results.put_rate_changes(row, history)
                results.put_history_so_far(session, row, history)

    def history(self, run_id: str) -> History:
        """Return a run's curves; empty ones if it has none yet."""
        content = self._blob(run_id, results.HISTORY)
        return History() if content is None else History.from_json(content.decode())

    def save_result(self, run_id: str, result: RunResult, attempt: int) -> None:
        """Replace a run's status, curves, weights and test result in one transaction."""
        with self._write() as session:
            if row := lookup.lock_attempt(session, run_id, attempt):
                results.put_result(session, row, result)

    def weights(self, run_id: str) -> bytes | None:
        """Return the weights to predict with, as safetensors; None if there are none."""
        return self._blob(run_id, results.WEIGHTS)

    def checkpoint(self, run_id: str) -> bytes | None:
        """Return the checkpoint to continue from, as safetensors; None if there is none."""
        return self._blob(run_id, results.CHECKPOINT)

    def test_probabilities(self, run_id: str) -> Probabilities | None:
        """Return the predictions for the test images, (images, 10); None if there are none."""
        content = self._blob(run_id, results.TEST_PROBABILITIES)
        return None if content is None else results.unpack(content)

    def validation_scores(self, run_id: str) -> ImageScores | None:
        """Return the figures of the weights for single validation images; None if not kept."""
        content = self._blob(run_id, results.VALIDATION)
        return None if content is None else results.unpack_scores(content)

    def suspicious_labels(self, run_id: str) -> SuspiciousLabels | None:
        """Return the training images whose labels are suspicious; None if there are none kept."""
        content = self._blob(run_id, results.SUSPICIOUS_LABELS)
        return None if content is None else label_blob.unpack(content)

    def save_drawing(self, lab: str, drawing: str) -> None:
        """Replace a lab's drawing, as JSON; NotFoundError if there is no such lab."""
        with self._write() as session:
            lookup.find_lab(session, lab)
            session.merge(DrawingRow(lab=lab, text=drawing))

    def drawing(self, lab: str) -> str | None:
        """Return a lab's drawing, as JSON; None if there is none."""
        with self._read() as session:
            row = session.get(DrawingRow, lab)
            return row.text if row else None

    def _blob(self, run_id: str, kind: str) -> bytes | None:
        with self._read() as session:
            return results.get_blob(session, run_id, kind)
