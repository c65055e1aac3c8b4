"""The migrations from version 1 to 3 of the tables, which are older than Alembic here.

They don't use `tables.py`, which describes the newest version.
"""

from collections.abc import Callable, Mapping

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    text,
)


def migrate(connection: Connection, version: int) -> None:
    """Migrate tables of version 1, 2 or 3 to version 3."""
    for older in range(version, 3):
        _MIGRATIONS[older](connection)


def _add_times_of_use(connection: Connection) -> None:
    """Version 2 has the times of use of labs and runs: those of creation and training at first."""
    kind = DateTime(timezone=True).compile(connection.dialect)
    column = f"used_at {kind} DEFAULT '2026-01-01 00:00:00' NOT NULL"
    for table in ("labs", "runs"):
        connection.execute(text(f"ALTER TABLE {table} ADD COLUMN {column}"))
    connection.execute(text("UPDATE runs SET used_at = seen_at"))
    latest = "(SELECT max(runs.used_at) FROM runs WHERE runs.lab = labs.key)"
    connection.execute(text(f"UPDATE labs SET used_at = coalesce({latest}, created_at)"))


def _add_handwriting(connection: Connection) -> None:
    """Version 3 has labs' own test sets."""
    tables = MetaData()
    Table("labs", tables, Column("key", Text, primary_key=True))
    handwriting = Table(
        "handwriting",
        tables,
        Column("id", Text, primary_key=True),
        Column("lab", Text, ForeignKey("labs.key", ondelete="CASCADE"), nullable=False),
        Column("place", Integer, nullable=False),
        Column("label", Integer, nullable=False),
        Column("points", Integer, nullable=False),
        Column("strokes", LargeBinary, nullable=False),
        Column("checksum", BigInteger, nullable=False),
        Column("created_at", DateTime(timezone=True), nullable=False),
        Index("handwriting_of_a_lab", "lab", "place"),
    )
    handwriting.create(connection)


_MIGRATIONS: Mapping[int, Callable[[Connection], None]] = {
    1: _add_times_of_use,
    2: _add_handwriting,
}
"""The migration from each version to the next."""
