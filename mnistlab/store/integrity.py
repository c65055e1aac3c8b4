"""Detects a damaged SQLite file, and renames it."""

import contextlib
import itertools
import sqlite3
from datetime import datetime
from pathlib import Path

from mnistlab.store.database import BUSY_SECONDS, primary_code
from mnistlab.store.tables import BlobRow

_COMPANIONS = ("", "-wal", "-shm")
"""What SQLite appends to a database's name for the files that belong to it."""


def is_damaged(path: Path) -> bool:
    """Return whether a SQLite file, if there is one, can't be read in full.

    Raises:
        sqlite3.Error: If the file can't be opened, or stays locked.
    """
    if not path.exists():
        return False
    try:
        with contextlib.closing(_open_to_look(path)) as connection:
            pages = connection.execute("PRAGMA quick_check(1)").fetchall()
            return pages != [("ok",)] or not _has_readable_text(connection)
    except sqlite3.Error as error:
        if primary_code(error) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            return True
        raise


def _open_to_look(path: Path) -> sqlite3.Connection:
    # A connection that may write would, when closed, delete a -wal file it can't use.
    address = f"{path.absolute().as_uri()}?mode=ro"
    return sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS)


def _has_readable_text(connection: sqlite3.Connection) -> bool:
    # SQLite's check of pages doesn't decode text. Curves and weights are skipped: there may be
    # gigabytes, and each has a checksum that is verified when it is read.
    tables = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
    for (table,) in tables:
        if table != BlobRow.__tablename__ and not _is_readable(connection, table):
            return False
    return True


def _is_readable(connection: sqlite3.Connection, table: str) -> bool:
    try:
        for _ in connection.execute(f'SELECT * FROM "{table}"'):
            pass
    except sqlite3.OperationalError as error:
        # Python's error for text that is not UTF-8 has no code; SQLite's errors have one.
        if primary_code(error) is None:
            return False
        raise
    return True


def quarantine(path: Path, reason: str) -> Path:
    """Rename a database and its -wal and -shm files, so that a new one can be created.

    Args:
        path: The database file; no connection to it may be open.
        reason: One word for the new name.

    Returns:
        Where the file is now: the same folder, the time in its name.

    Raises:
        OSError: If the folder doesn't allow it.
    """
    kept = _unused(path, f"{reason}-{datetime.now():%Y%m%d-%H%M%S}")
    for suffix in _COMPANIONS:
        companion = path.with_name(path.name + suffix)
        if companion.exists():
            companion.rename(kept.with_name(kept.name + suffix))
    return kept


def _unused(path: Path, label: str) -> Path:
    # A rename would silently replace a file that was quarantined in the same second.
    labels = itertools.chain([label], (f"{label}-{n}" for n in itertools.count(2)))
    candidates = (path.with_name(f"{path.stem}.{each}{path.suffix}") for each in labels)
    return next(candidate for candidate in candidates if not candidate.exists())
