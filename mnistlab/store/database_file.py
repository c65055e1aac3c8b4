"""Restores a SQLite file that is deleted while the server uses it."""

import sqlite3
import threading
from pathlib import Path
from typing import TypeAlias

from sqlalchemy import Engine

_Identity: TypeAlias = tuple[int, int]


class DatabaseFile:
    """Restores the file of a SQLite database if it is deleted.

    The system keeps a deleted file's content while a process has it open. SQLite reports no
    error: open connections keep using that content, which is lost when the server stops, and
    new connections create an empty file.

    Args:
        engine: The database.
        path: Its file, which exists.
    """

    def __init__(self, engine: Engine, path: Path) -> None:
        self._engine = engine
        self._path = path
        self._lock = threading.Lock()
        self._open()

    def ensure(self) -> None:
        """Restore the file if it was deleted; reconnect if another has replaced it.

        Raises:
            OSError: If the folder doesn't allow it.
            sqlite3.Error: Likewise, or if the disk is full.
        """
        if _identity(self._path) == self._own:
            return
        with self._lock:
            found = _identity(self._path)
            if found == self._own:
                return  # another thread was first
            if found is None:
                self._put_back()
            self._engine.dispose()
            self._connection.close()
            self._open()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def _open(self) -> None:
        self._connection = sqlite3.connect(self._path, check_same_thread=False)
        # SQLite opens the file, and its -wal and -shm files, at the first read.
        self._connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        self._own = _identity(self._path)

    def _put_back(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        copy = self._path.with_name(f"{self._path.name}-back")
        copy.unlink(missing_ok=True)
        self._connection.execute("VACUUM INTO ?", (str(copy),))
        for suffix in ("-wal", "-shm"):  # of the deleted file; the new one has none yet
            self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
        copy.rename(self._path)


def _identity(path: Path) -> _Identity | None:
    """Return a file's device and inode number; None if there is no file."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino
