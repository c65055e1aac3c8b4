"""Which server a run belongs to, and for how long without a heartbeat."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mnistlab.core.run import RunStatus
from mnistlab.store import results
from mnistlab.store.database import Transactions
from mnistlab.store.owner import has_ended, scheduler_of
from mnistlab.store.record import RunRecord, to_listed
from mnistlab.store.tables import ACTIVE, RunRow, UtcTime

LEASE = timedelta(seconds=30)
"""How long a lease lasts after a heartbeat. The engine sends one every 5 s, so a server may
miss five of them."""

HANDED_ON = timedelta(minutes=2)
"""How long a run whose lease has run out waits for another server of its scheduler."""

MOST_TAKEOVERS = 3
"""A run that lost so many servers may be what ended them."""


@dataclass(frozen=True)
class TakenOver:
    """A run that belonged to another server.

    Attributes:
        run: The run, as it was.
        attempt: The number of its new attempt.
        continues: Whether it goes on from its checkpoint; else it starts from its seed.
    """

    run: RunRecord
    attempt: int
    continues: bool


class Leases:
    """Renews the leases of a server's runs; takes over or labels those whose lease has run out.

    All times are the database's, so that servers' clocks need not agree.
    """

    def __init__(self, transactions: Transactions) -> None:
        self._write = transactions.write
        self._last_heartbeat: float | None = None
        self._was_cut_off = False

    def heartbeat(self, owner: str) -> list[str]:
        """Renew the leases of a server's runs; interrupt the runs of servers that have ended.

        Returns:
            The ids of the runs interrupted.
        """
        with self._write() as session:
            _set_leases(session, owner, lease_end(session))
        last, self._last_heartbeat = self._last_heartbeat, time.monotonic()
        # The database or this machine did not respond, so other servers may not have been able
        # to renew their leases either: they have until the next heartbeat.
        self._was_cut_off = last is not None and time.monotonic() - last > LEASE.total_seconds()
        return [] if self._was_cut_off else self.interrupt_orphans()

    def take_over(self, owner: str) -> list[TakenOver]:
        """Make runs a server's own that were trained by the same scheduler for one that has ended.

        Each gets a new attempt, so that nothing that the other may still write counts, and keeps
        its place in line. Of several servers one takes a run over, since its row is locked.
        """
        scheduler = scheduler_of(owner)
        if scheduler is None or self._was_cut_off:
            return []
        with self._write() as session:
            now = database_time(session)
            orphans = [row for row in _lock_orphans(session, now) if _waits(row, now)]
            mine = [row for row in orphans if scheduler_of(row.owner) == scheduler]
            return list(filter(None, [_take(session, row, owner) for row in mine]))

    def release(self, owner: str) -> None:
        """End the leases of a server that stops."""
        with self._write() as session:
            _set_leases(session, owner, database_time(session))

    def interrupt_orphans(self) -> list[str]:
        """Mark active runs as interrupted whose lease has run out or whose server has ended.

        Those that another server may take over are left to it for a while. The attempt stays the
        same: the next write of a server that was only delayed makes its run active again.

        Returns:
            The ids of these runs.
        """
        with self._write() as session:
            now = database_time(session)
            orphans = [row for row in _lock_orphans(session, now) if not _waits(row, now)]
            for row in orphans:
                row.status = RunStatus.INTERRUPTED
                row.message = "The server stopped during this run."
                results.drop_history_so_far(session, row)
            return [row.id for row in orphans]


def lease_end(session: Session) -> datetime:
    """Return when a lease ends that begins now."""
    return database_time(session) + LEASE


def database_time(session: Session) -> datetime:
    """Return the time by the database's clock, on SQLite in thousandths of a second."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    now = func.strftime("%Y-%m-%d %H:%M:%f", "now", type_=UtcTime()) if is_sqlite else _NOW
    return session.scalars(select(now)).one()


_NOW = func.now(type_=UtcTime())


def _lock_orphans(session: Session, now: datetime) -> list[RunRow]:
    # A locked run is being written to, so it is no orphan.
    active = select(RunRow).where(RunRow.status.in_(ACTIVE)).with_for_update(skip_locked=True)
    rows = list(session.scalars(active))
    ended = {owner for owner in {row.owner for row in rows} if has_ended(owner)}
    return [row for row in rows if row.lease_until <= now or row.owner in ended]


def _waits(orphan: RunRow, now: datetime) -> bool:
    """Return whether a run may still be taken over by a server with the same scheduler."""
    has_scheduler = scheduler_of(orphan.owner) is not None
    can_be_taken = orphan.takeovers < MOST_TAKEOVERS and not orphan.stop_requested
    in_time = now < orphan.lease_until + HANDED_ON
    return has_scheduler and can_be_taken and in_time


def _take(session: Session, row: RunRow, owner: str) -> TakenOver | None:
    run = to_listed(row)
    if not isinstance(run, RunRecord):
        return None  # saved by a newer server, and left to such a one
    row.owner, row.status, row.lease_until = owner, RunStatus.QUEUED, lease_end(session)
    row.attempt += 1
    row.takeovers += 1
    row.submitted_at = None
    return TakenOver(run, row.attempt, row.continues)


def _set_leases(session: Session, owner: str, until: datetime) -> None:
    active = select(RunRow).where(RunRow.owner == owner, RunRow.status.in_(ACTIVE))
    # Locked in one order: threads that lock the same runs in different orders deadlock.
    for row in session.scalars(active.order_by(RunRow.id).with_for_update()):
        row.lease_until = until
