"""Which server a run belongs to, and for how long without a heartbeat."""

import time
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mnistlab.core.run import RunStatus
from mnistlab.store.database import Transactions
from mnistlab.store.owner import has_ended
from mnistlab.store.tables import ACTIVE, RunRow, UtcTime

LEASE = timedelta(seconds=30)
"""How long a lease lasts after a heartbeat. The engine sends one every 5 s, so a server may
miss five of them."""


class Leases:
    """Renews the leases of a server's runs, and labels runs whose lease has run out.

    All times are the database's, so that servers' clocks need not agree.
    """

    def __init__(self, transactions: Transactions) -> None:
        self._write = transactions.write
        self._last_heartbeat: float | None = None

    def heartbeat(self, owner: str) -> list[str]:
        """Renew the leases of a server's runs; interrupt the runs of servers that have ended.

        Returns:
            The ids of the runs interrupted.
        """
        with self._write() as session:
            _set_leases(session, owner, lease_end(session))
        last, self._last_heartbeat = self._last_heartbeat, time.monotonic()
        if last is not None and time.monotonic() - last > LEASE.total_seconds():
            # The database or this machine did not respond, so other servers may not have been
            # able to renew their leases either: they have until the next heartbeat.
            return []
        return self.interrupt_orphans()

    def release(self, owner: str) -> None:
        """End the leases of a server that stops."""
        with self._write() as session:
            _set_leases(session, owner, database_time(session))

    def interrupt_orphans(self) -> list[str]:
        """Mark active runs as interrupted whose lease has run out or whose server has ended.

        The attempt stays the same: the next write of a server that was only delayed makes its
        run active again.

        Returns:
            The ids of these runs.
        """
        # A locked run is being written to, so it is no orphan.
        active = select(RunRow).where(RunRow.status.in_(ACTIVE)).with_for_update(skip_locked=True)
        with self._write() as session:
            now, rows = database_time(session), list(session.scalars(active))
            ended = {owner for owner in {row.owner for row in rows} if has_ended(owner)}
            orphans = [row for row in rows if row.lease_until <= now or row.owner in ended]
            for row in orphans:
                row.status = RunStatus.INTERRUPTED
                row.message = "The server stopped during this run."
            return [row.id for row in orphans]


def lease_end(session: Session) -> datetime:
    """Return when a lease ends that begins now."""
    return database_time(session) + LEASE


def database_time(session: Session) -> datetime:
    """Return the time by the database's clock, on SQLite in whole seconds."""
    return session.scalars(select(func.now(type_=UtcTime()))).one()


def _set_leases(session: Session, owner: str, until: datetime) -> None:
    active = select(RunRow).where(RunRow.owner == owner, RunRow.status.in_(ACTIVE))
    # Locked in one order: threads that lock the same runs in different orders deadlock.
    for row in session.scalars(active.order_by(RunRow.id).with_for_update()):
        row.lease_until = until
