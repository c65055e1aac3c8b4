"""Opening the run store, with a substitute for a database that can't be used."""

import dataclasses
import sqlite3
import tempfile
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import SQLAlchemyError

from mnistlab.store.database import connect, database_path, is_busy, store_errors
from mnistlab.store.integrity import is_damaged, quarantine
from mnistlab.store.runs import RunStore
from mnistlab.store.schema import NewerSchemaError, prepare

DATABASE_NAME = "mnistlab.db"


@dataclass(frozen=True)
class OpenedStore:
    """A store ready for use.

    Attributes:
        store: The store.
        notices: Messages for the server administrator, a short paragraph each.
        home: The folder for the embedded database: the one asked for, or a temporary
            one in its place.
    """

    store: RunStore
    notices: tuple[str, ...]
    home: Path


def open_store(home: Path, url: str | None = None) -> OpenedStore:
    """Open the run store, with a substitute for what can't be used.

    Args:
        home: The folder for the embedded database, made if missing.
        url: The SQLAlchemy URL of a database to use instead.

    Raises:
        StoreError: If the embedded database stays locked by another program.
    """
    if url is None:
        return _open_home(home)
    try:
        return OpenedStore(_open_url(url), (), home)
    except Exception as error:  # each driver has errors of its own for what it can't use
        opened = _open_home(home)
        notice = f"{_explain_url(url, error)} Runs are kept in {opened.home} instead."
        return dataclasses.replace(opened, notices=(notice, *opened.notices))


def _open_home(home: Path) -> OpenedStore:
    with store_errors():
        try:
            home.mkdir(parents=True, exist_ok=True)
            return _open_folder(home)
        except (OSError, sqlite3.Error, SQLAlchemyError) as error:
            # A file that is merely locked is free again later; an empty one in its place
            # would hide all runs until the next start.
            if is_busy(error):
                raise
            return _open_temporary(home)


def _open_temporary(home: Path) -> OpenedStore:
    opened = _open_folder(Path(tempfile.mkdtemp(prefix="mnistlab-")))
    notice = (
        f"Runs are kept only until the server stops: the folder {home} is not "
        "writable. Set MNISTLAB_HOME to a writable folder."
    )
    return dataclasses.replace(opened, notices=(notice,))


def _open_folder(home: Path) -> OpenedStore:
    path = home / DATABASE_NAME
    notices = []
    if is_damaged(path):
        notices.append(_replace_damaged(path))
    try:
        store = _open_url(_file_url(path))
    except NewerSchemaError:
        notices.append(_replace_newer(path))
        store = _open_url(_file_url(path))
    return OpenedStore(store, tuple(notices), home)


def _file_url(path: Path) -> URL:
    return URL.create("sqlite", database=str(path))


class InMemoryError(Exception):
    """The database is SQLite's in memory, which connections don't share."""


def _open_url(url: str | URL) -> RunStore:
    engine = connect(url)
    try:
        if database_path(engine) == "":
            raise InMemoryError
        prepare(engine)
    except BaseException:
        engine.dispose()
        raise
    return RunStore(engine)


def _replace_damaged(path: Path) -> str:
    kept = quarantine(path, "damaged")
    return (
        f"The run database was damaged and can't be read. It is kept as {kept}; "
        "a new one was started, without the earlier runs."
    )


def _replace_newer(path: Path) -> str:
    kept = quarantine(path, "newer")
    return (
        f"The run database is from a newer version of mnistlab. It is kept as {kept}; "
        "a new one was started. To see the earlier runs, install that version and "
        f"rename the file to {path.name}."
    )


def _explain_url(url: str, error: Exception) -> str:
    try:
        shown = _without_secrets(make_url(url))
    except (SQLAlchemyError, ValueError):
        return "MNISTLAB_DATABASE is not a database URL. Correct it or remove it."
    if isinstance(error, InMemoryError):
        return f"The database {shown} is in memory, where nothing is kept. Name a file."
    if isinstance(error, NewerSchemaError):
        return f"The database {shown} is from a newer version of mnistlab. Install that version."
    if isinstance(error, ImportError):
        return f"The driver for the database {shown} is missing. Install {error.name}."
    return f"The database {shown} can't be used. Check MNISTLAB_DATABASE."


def _without_secrets(url: URL) -> str:
    """Return the parts of a URL that can't hold a password."""
    # PostgreSQL's driver takes a name such as "lab password=…" apart.
    database = url.database if url.get_backend_name() == "sqlite" else None
    return str(URL.create(url.drivername, host=url.host, port=url.port, database=database))
