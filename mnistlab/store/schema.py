"""Makes the tables, or brings them up to date by the migrations in `migrations/`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    MetaData,
    String,
    Table,
    func,
    insert,
    inspect,
    select,
    update,
)

from mnistlab.store import tables
from mnistlab.store.database import for_writing
from mnistlab.store.migrations import before_alembic
from mnistlab.store.tables import SchemaRow

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory

HEAD = "0004"
"""The newest revision in `migrations/versions`, as Alembic would find it: 0.3 s of import,
which a start whose tables are up to date has not."""

_ALEMBIC = 4
"""What `schema_version` says since Alembic counts, so that older servers refuse the tables."""

_REVISION = Table(
    "alembic_version", MetaData(), Column("version_num", String(32), primary_key=True)
)
"""Alembic's own table."""

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
        elif _revision(connection) != HEAD:
            _migrate(connection)
        # Written each time: SQLite opens a file that can't be written without complaint,
        # and it is now that another can be used instead.
        connection.execute(update(SchemaRow).values(version=_ALEMBIC))


def _wait_for_turn(connection: Connection) -> None:
    # Of several servers that start at the same moment, one makes the tables. SQLite's
    # transaction has shut out the others by now; PostgreSQL would let all of them try.
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))


def _create(connection: Connection) -> None:
    tables.Table.metadata.create_all(connection)
    connection.execute(insert(SchemaRow).values(version=_ALEMBIC))
    _REVISION.create(connection)
    connection.execute(insert(_REVISION).values(version_num=HEAD))


def _revision(connection: Connection) -> str | None:
    """Return the revision of the tables; None if they are older than Alembic here."""
    if not inspect(connection).has_table(_REVISION.name):
        return None
    return connection.scalar(select(_REVISION.c.version_num))


def _migrate(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    revision = _revision(connection)
    if revision is None:
        _migrate_to_version_3(connection)
    elif revision not in _known_revisions(ScriptDirectory.from_config(config)):
        raise NewerSchemaError
    command.upgrade(config, HEAD)


def _known_revisions(scripts: ScriptDirectory) -> set[str]:
    return {script.revision for script in scripts.walk_revisions()}


def _migrate_to_version_3(connection: Connection) -> None:
    version = connection.scalar(select(SchemaRow.version)) or 1
    if version >= _ALEMBIC:
        raise NewerSchemaError
    before_alembic.migrate(connection, version)
