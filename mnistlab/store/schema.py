"""The version of the tables, kept beside them so that later versions can migrate."""

from sqlalchemy import Connection, Engine, func, insert, inspect, select, update

from mnistlab.store.database import for_writing
from mnistlab.store.tables import SchemaRow, Table

SCHEMA_VERSION = 1
"""Raise it with each change to the tables, and migrate older ones in `prepare`."""


_LOCK = 784_10
"""PostgreSQL's advisory locks are numbers; any that nobody else in the database uses."""


class NewerSchemaError(Exception):
    """The tables were made by a later version of mnistlab."""


def prepare(engine: Engine) -> None:
    """Make the tables if they are not there.

    Raises:
        NewerSchemaError: If they are there, from a later version; nothing is changed.
        SQLAlchemyError: If the database can't be reached or written.
    """
    with for_writing(engine).begin() as connection:
        _wait_for_turn(connection)
        if not inspect(connection).has_table(SchemaRow.__tablename__):
            _create(connection)
        elif (connection.scalar(select(SchemaRow.version)) or 0) > SCHEMA_VERSION:
            raise NewerSchemaError
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
