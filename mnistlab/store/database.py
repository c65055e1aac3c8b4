"""The connection to a database: SQLite's settings, and errors that a page can show."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry

from mnistlab.core.errors import StoreError, UnstorableError
from mnistlab.store.database_file import DatabaseFile

BUSY_SECONDS = 10
"""How long to wait for another writer."""

_SQLITE_SETUP = (
    f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}",  # first: the next may have to wait
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=NORMAL",
    "PRAGMA foreign_keys=ON",
)


def connect(url: str | URL) -> Engine:
    """Return an engine for a database; nothing is opened yet.

    Its errors name no values, since labs' keys are among them and errors are logged.

    Raises:
        SQLAlchemyError: If `url` is not one, or names an unknown kind of database.
        ImportError: If the database's driver is not installed.
    """
    if make_url(url).get_backend_name() == "sqlite":
        return _sqlite_engine(url)
    # Hosted databases drop idle connections, so each is checked before it is used.
    return create_engine(url, pool_pre_ping=True, hide_parameters=True)


def database_path(engine: Engine) -> str | None:
    """Return the file of a SQLite database, empty if it is in memory; None for others."""
    if engine.url.get_backend_name() != "sqlite":
        return None
    with engine.connect() as connection:
        query = "SELECT file FROM pragma_database_list WHERE name = 'main'"
        return str(connection.exec_driver_sql(query).scalar() or "")


def for_writing(engine: Engine) -> Engine:
    """Return the same engine, whose transactions take the write lock at once.

    A SQLite transaction that first reads and then writes fails, without waiting, if another
    transaction wrote in between.
    """
    return engine.execution_options(begin="BEGIN IMMEDIATE")


class Transactions:
    """Transactions on one database, which raise `StoreError`.

    Args:
        engine: The database.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        path = database_path(engine)
        self._file = DatabaseFile(engine, Path(path)) if path else None
        self._readers = sessionmaker(engine)
        self._writers = sessionmaker(for_writing(engine))

    @contextlib.contextmanager
    def read(self) -> Iterator[Session]:
        """Begin a transaction that changes nothing."""
        with store_errors(), self._ensured(self._readers).begin() as session:
            yield session

    @contextlib.contextmanager
    def write(self) -> Iterator[Session]:
        """Begin a transaction that may change something."""
        with store_errors(), self._ensured(self._writers).begin() as session:
            yield session

    def close(self) -> None:
        """Close the connections to the database."""
        self._engine.dispose()
        if self._file is not None:
            self._file.close()

    def _ensured(self, sessions: sessionmaker[Session]) -> sessionmaker[Session]:
        if self._file is not None:
            self._file.ensure()
        return sessions


def _sqlite_engine(url: str | URL) -> Engine:
    engine = create_engine(url, hide_parameters=True)
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    # sqlite3 would begin transactions by itself, and only before some statements.
    connection.isolation_level = None
    with contextlib.closing(connection.cursor()) as cursor:
        for statement in _SQLITE_SETUP:
            cursor.execute(statement)


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))


def primary_code(error: BaseException | None) -> int | None:
    """Return SQLite's primary result code for an error, None if it has none."""
    code = getattr(error, "sqlite_errorcode", None)
    # The upper bytes are details of the lowest.
    return None if code is None else code & 0xFF


def is_busy(error: Exception) -> bool:
    """Return whether a database error only means that the database is in use."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    busy = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
    return isinstance(error, PoolTimeoutError) or primary_code(cause) in busy


@contextlib.contextmanager
def store_errors() -> Iterator[None]:
    """Turn database errors into `StoreError`, which a page can show."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error, OSError) as error:
        raise _explain(error) from error


def _explain(error: Exception) -> StoreError:
    if is_busy(error):
        return StoreError("The run database is busy.", "Try again in a minute.")
    cause = error.orig if isinstance(error, DBAPIError) else error
    reason = next(iter(str(cause).splitlines()), type(cause).__name__).rstrip(".")
    if isinstance(error, DataError | IntegrityError):
        problem = f"The run database refuses this: {reason}."
        return UnstorableError(problem, "Reload the page and try again.")
    return StoreError(
        f"The run database can't be used: {reason}.",
        "Try again. If that doesn't help, check whether its disk is full or the database is down.",
    )
