"""Notes which labs and runs are in use, and removes old ones to free space."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Select, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from mnistlab.core.settings.limits import Limits
from mnistlab.store.database import Transactions
from mnistlab.store.record import RunRecord, UnreadableRun, to_listed
from mnistlab.store.tables import (
    ACTIVE,
    BlobRow,
    DrawingRow,
    HandwritingRow,
    LabRow,
    RunRow,
    SchemaRow,
)

IN_USE = timedelta(minutes=5)
"""Labs and runs that were used within this time are not removed."""

EMPTY_KEPT = timedelta(days=7)
"""How long an empty lab is kept that is not visited."""

NOTED_EVERY = timedelta(minutes=2)
"""How old a noted use must be before another is written, so that few page views write.
Less than half of `IN_USE`, so that a run that is being viewed never seems unused."""


class Upkeep:
    """Notes what is used, and removes the oldest of what is not."""

    def __init__(self, transactions: Transactions) -> None:
        self._read, self._write = transactions.read, transactions.write

    def note_lab(self, key: str) -> None:
        """Note that a lab is used."""
        now = datetime.now(UTC)
        with self._read() as session:
            row = session.get(LabRow, key)
            is_known = row is None or now - row.used_at < NOTED_EVERY
        if not is_known:
            with self._write() as session:
                _use_lab(session, key, now)

    def note_run(self, run_id: str) -> None:
        """Note that a run is viewed or predicts, and that its lab is used."""
        now = datetime.now(UTC)
        with self._read() as session:
            row = session.get(RunRow, run_id)
            if row is None or now - row.used_at < NOTED_EVERY:
                return
            lab = row.lab
        with self._write() as session:
            session.execute(update(RunRow).where(RunRow.id == run_id).values(used_at=now))
            _use_lab(session, lab, now)

    def next_to_delete(self, lab: str, limits: Limits) -> RunRecord | UnreadableRun | None:
        """Return the run to be removed when this lab's next one ends; None if none will be."""
        with self._read() as session:
            row = session.scalar(_surplus(lab, limits.runs_per_lab - 1).limit(1))
            return to_listed(row) if row else None

    def make_room(self, lab: str, limits: Limits) -> list[str]:
        """Remove what exceeds the limits, one run in each transaction, with its tests.

        First the oldest runs of this lab, while it has too many, its tests not counted; then,
        while the store is too large, the oldest tests of the least recently used lab, and after
        all tests the oldest runs. Only when no more runs can be removed is handwriting, which
        can't be trained again: all of a lab's at once, in the same order of labs. Active runs
        and what is in use are kept, even beyond the limits, and a run with such a test too.

        Args:
            lab: The lab in which a run has ended.
            limits: The server's limits.

        Returns:
            The ids of the runs removed, without the tests that went with them.
        """
        removed: list[str] = []
        while run_id := self._remove_one(lab, limits):
            removed.append(run_id)
        while self._remove_handwriting(limits):
            pass
        return removed

    def remove_empty_labs(self) -> None:
        """Remove empty labs that were not visited for `EMPTY_KEPT`."""
        is_forgotten = LabRow.used_at < datetime.now(UTC) - EMPTY_KEPT
        empty = [~exists().where(table.lab == LabRow.key) for table in _CONTENTS]
        with self._write() as session:
            session.execute(delete(LabRow).where(is_forgotten, *empty))

    def _remove_handwriting(self, limits: Limits) -> bool:
        with self._write() as session:
            _wait_for_turn(session)
            if _size(session) <= limits.store_bytes:
                return False
            unused = LabRow.used_at < datetime.now(UTC) - IN_USE
            has_some = exists().where(HandwritingRow.lab == LabRow.key)
            oldest = select(LabRow.key).where(unused, has_some).order_by(LabRow.used_at, LabRow.key)
            lab = session.scalar(oldest.limit(1).with_for_update())
            session.execute(delete(HandwritingRow).where(HandwritingRow.lab == lab))
            return lab is not None

    def _remove_one(self, lab: str, limits: Limits) -> str | None:
        with self._write() as session:
            _wait_for_turn(session)
            row = _lock_first(session, _surplus(lab, limits.runs_per_lab))
            if row is None and _size(session) > limits.store_bytes:
                row = _lock_first(session, _unused().order_by(*_TESTS_FIRST))
            if row is None:
                return None
            session.delete(row)
            return row.id


_OLDEST = (RunRow.created_at, RunRow.id)
_TESTS_FIRST = (RunRow.explains.is_(None), LabRow.used_at, *_OLDEST)

_CONTENTS = (RunRow, DrawingRow, HandwritingRow)
"""The tables of a lab's content."""

_ANY_RUN = aliased(RunRow)
_ANY_TEST = aliased(RunRow)
"""Made once: SQLAlchemy took half of a query's time to make another."""


def _use_lab(session: Session, key: str, now: datetime) -> None:
    session.execute(update(LabRow).where(LabRow.key == key).values(used_at=now))


def _unused() -> Select[RunRow]:
    """Select runs that neither are active or in use nor have a test that is."""
    since = datetime.now(UTC) - IN_USE
    is_kept = or_(_ANY_TEST.status.in_(ACTIVE), _ANY_TEST.used_at >= since)
    has_kept_test = exists().where(_ANY_TEST.explains == RunRow.id, is_kept)
    return (
        select(RunRow)
        .join(LabRow, RunRow.lab == LabRow.key)
        .where(RunRow.status.not_in(ACTIVE), RunRow.used_at < since, ~has_kept_test)
    )


def _surplus(lab: str, keep: int) -> Select[RunRow]:
    """Select a lab's runs that are no tests and not in use, if it has more than `keep` in all."""
    of_lab = (_ANY_RUN.lab == lab, _ANY_RUN.explains.is_(None))
    count = select(func.count()).where(*of_lab).scalar_subquery()
    unused = _unused().where(RunRow.lab == lab, RunRow.explains.is_(None))
    return unused.where(count > keep).order_by(*_OLDEST)


def _wait_for_turn(session: Session) -> None:
    # Servers that share a database would each remove a run for the same surplus, so each
    # locks the same row first. On SQLite the write transaction does that.
    session.scalar(select(SchemaRow).with_for_update())


def _lock_first(session: Session, query: Select[RunRow]) -> RunRow | None:
    # Where servers share a database, another may be restarting the run: once that is
    # committed, the run is no longer among those selected.
    return session.scalar(query.limit(1).with_for_update(of=RunRow))


def _size(session: Session) -> int:
    """Return the bytes of all curves, weights and handwriting: 5 ms for 10 GB of 900 runs."""
    columns = (BlobRow.content, HandwritingRow.content)
    return sum(session.scalar(select(func.sum(func.length(each)))) or 0 for each in columns)
