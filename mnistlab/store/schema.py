"""Creates the tables, or migrates them by `migrations/`."""

from pathlib import Path

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

HEAD = "0007"
"""The newest revision in `migrations/versions`, as Alembic would find it: 0.3 s of import,
which a start whose tables are up to date has not."""

_ALEMBIC = 4
"""The `schema_version` of tables that Alembic migrates, so that older servers refuse them."""

_REVISION = Table(
    "alembic_version", MetaData(), Column("version_num", String(32), primary_key=True)
)
"""Alembic's own table."""

_LOCK = 784_10
"""PostgreSQL's advisory locks are numbers; this one is arbitrary."""


class NewerSchemaError(Exception):
    """The tables were made by a later version of mnistlab."""


def prepare(engine: Engine) -> None:
    """Create the tables if they are missing, and migrate older ones.

    Raises:
        NewerSchemaError: If they are from a later version; nothing is changed.
        SQLAlchemyError: If the database can't be reached or written.
    """
    with for_writing(engine).begin() as connection:
        _wait_for_turn(connection)
        if not inspect(connection).has_table(SchemaRow.__tablename__):
            _create(connection)
        elif _revision(connection) != HEAD:
            _migrate(connection)
        # Written each time: SQLite opens a read-only file without an error, and only at the
        # start can another be used instead.
        connection.execute(update(SchemaRow).values(version=_ALEMBIC))


def _wait_for_turn(connection: Connection) -> None:
    # Of several servers that start at once, one creates the tables. On SQLite the write
    # transaction excludes the others; on PostgreSQL it would not.
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
    scripts, revision = ScriptDirectory.from_config(config), _revision(connection)
    if revision is None:
        _migrate_to_version_3(connection)
    elif revision not in [each.revision for each in scripts.walk_revisions()]:
        raise NewerSchemaError
    command.upgrade(config, HEAD)


def _migrate_to_version_3(connection: Connection) -> None:
    version = connection.scalar(select(SchemaRow.version)) or 1
    if version >= _ALEMBIC:
        raise NewerSchemaError
    before_alembic.migrate(connection, version)
