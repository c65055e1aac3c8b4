"""A SQLite file that is deleted while the server uses it, and how it is put back."""

import sqlite3
import threading
from pathlib import Path
from typing import TypeAlias

from sqlalchemy import Engine

_Identity: TypeAlias = tuple[int, int]


class DatabaseFile:
    """Sees to it that the file of a SQLite database is in its place.

    The system keeps what a deleted file held for as long as somebody has it open, so
    nothing is lost at first. But SQLite says nothing: those who are connected go on with
    a file that will vanish with the server, and those who come later make an empty one.

    Args:
        engine: The way to the database, which is there.
        path: Its file.
    """

    def __init__(self, engine: Engine, path: Path) -> None:
        self._engine = engine
        self._path = path
        self._lock = threading.Lock()
        self._open()

    def ensure(self) -> None:
        """Put the file back if it was deleted; use another that has taken its place.

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
        """Let go of the file."""
        self._connection.close()

    def _open(self) -> None:
        self._connection = sqlite3.connect(self._path, check_same_thread=False)
        # SQLite opens the file, and what belongs to it, when it first reads.
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
    """Return what tells a file from another of the same name; None if there is none."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino
