"""The version of the tables, kept beside them so that later versions can migrate."""

from collections.abc import Callable, Mapping

from sqlalchemy import Connection, Engine, func, insert, inspect, select, text, update

from mnistlab.store.database import for_writing
from mnistlab.store.tables import HandwritingRow, LabRow, RunRow, SchemaRow, Table

SCHEMA_VERSION = 3
"""Raise it with each change to the tables, and add to `_MIGRATIONS`."""


_LOCK = 784_10
"""PostgreSQL's advisory locks are numbers; any that nobody else in the database uses."""


class NewerSchemaError(Exception):
    """The tables were made by a later version of mnistlab."""


def prepare(engine: Engine) -> None:
    """Make the tables if they are not there, and bring older ones up to date.

    Raises:
        NewerSchemaError: If they are there, from a later version; nothing is changed.
        SQLAlchemyError: If the database can't be reached or written.
    """
    with for_writing(engine).begin() as connection:
        _wait_for_turn(connection)
        if not inspect(connection).has_table(SchemaRow.__tablename__):
            _create(connection)
        _migrate(connection, connection.scalar(select(SchemaRow.version)) or 1)
        # Written each time: SQLite opens a file that can't be written without complaint,
        # and it is now that another can be used instead.
        connection.execute(update(SchemaRow).values(version=SCHEMA_VERSION))


def _wait_for_turn(connection: Connection) -> None:
    # Of several servers that start at the same moment, one makes the tables. SQLite's
    # transaction has shut out the others by now; PostgreSQL would let all of them try.
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))


def _create(connection: Connection) -> None:
    Table.metadata.create_all(connection)
    connection.execute(insert(SchemaRow).values(version=SCHEMA_VERSION))


def _migrate(connection: Connection, version: int) -> None:
    if version > SCHEMA_VERSION:
        raise NewerSchemaError
    for older in range(version, SCHEMA_VERSION):
        _MIGRATIONS[older](connection)


def _add_times_of_use(connection: Connection) -> None:
    """Version 2 knows when labs and runs were used: not before they were made or trained."""
    kind = LabRow.__table__.c.used_at.type.compile(connection.dialect)
    # A default, since a server of the older version may still write into these tables.
    column = f"used_at {kind} DEFAULT '2026-01-01 00:00:00' NOT NULL"
    for table in (LabRow.__tablename__, RunRow.__tablename__):
        connection.execute(text(f"ALTER TABLE {table} ADD COLUMN {column}"))
    connection.execute(update(RunRow).values(used_at=RunRow.seen_at))
    latest = select(func.max(RunRow.used_at)).where(RunRow.lab == LabRow.key).scalar_subquery()
    used_at = func.coalesce(latest, LabRow.created_at)
    connection.execute(update(LabRow).values(used_at=used_at))


def _add_handwriting(connection: Connection) -> None:
    """Version 3 has labs' own test sets."""
    table = Table.metadata.tables[HandwritingRow.__tablename__]
    Table.metadata.create_all(connection, tables=[table])


_MIGRATIONS: Mapping[int, Callable[[Connection], None]] = {
    1: _add_times_of_use,
    2: _add_handwriting,
}
"""What leads from each version to the next."""
