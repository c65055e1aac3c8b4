"""The PostgreSQL server that the tests start: its programs found, or installed.

`python -m tests.services.postgresql` makes sure that they are there, and openssl, which
makes the tests' certificates: Debian's, where that may be done.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from tests import debian

USER = "mnistlab"
PASSWORD = "a password of the tests"
SECONDS = 60
DEBIANS = Path("/usr/lib/postgresql")

# Nothing here is to outlive a power cut, and each test has a database of its own.
OPTIONS = ("-c", "fsync=off", "-c", "full_page_writes=off", "-c", "max_connections=60")


def find() -> Path | None:
    """Return the folder of `initdb` and `postgres`, None if there is none."""
    on_path = shutil.which("initdb")
    folders = [Path(on_path).resolve().parent] if on_path else []
    folders += sorted(DEBIANS.glob("*/bin"), reverse=True)
    return next((folder for folder in folders if (folder / "postgres").exists()), None)


def install() -> None:
    """Install PostgreSQL and openssl by Debian's package manager."""
    debian.install("postgresql", "openssl")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class PostgreSQL:
    """A server of its own, in a folder of its own.

    Args:
        programs: The folder of `initdb` and `postgres`.
        folder: An empty folder.
    """

    def __init__(self, programs: Path, folder: Path) -> None:
        self.port = free_port()
        self._programs = programs
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._databases = 0
        # PostgreSQL refuses to be run by root.
        self._as_user: dict[str, Any] = {}
        if os.geteuid() == 0:
            user = _unprivileged_user()
            os.chown(folder, user.pw_uid, user.pw_gid)
            self._as_user = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}

    def create(self) -> None:
        """Make the folder's data."""
        password = self._folder / "password"
        password.write_text(PASSWORD)
        password.chmod(0o644)
        options = ["-D", self._folder / "data", "-U", USER, "-E", "UTF8", "--locale=C", "--no-sync"]
        options += ["--auth=scram-sha-256", f"--pwfile={password}"]
        self._popen("initdb", *options).communicate()

    def start(self) -> None:
        """Start the server, on the same port each time, and wait until it answers."""
        address = ["-p", str(self.port), "-h", "127.0.0.1", "-k", self._folder]
        self._process = self._popen("postgres", "-D", self._folder / "data", *address, *OPTIONS)
        end = time.monotonic() + SECONDS
        while not self._answers():
            assert self._process.poll() is None, (self._folder / "log").read_text()
            assert time.monotonic() < end, "PostgreSQL did not start"
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop the server at once, breaking off all connections."""
        self._end(signal.SIGINT)

    def abandon(self) -> None:
        """Stop the server without writing down its data, which a minute may not be enough for."""
        self._end(signal.SIGQUIT)

    def create_database(self) -> str:
        """Make an empty database and return its SQLAlchemy URL."""
        self._databases += 1
        name = f"test_{self._databases}"
        with self._connect() as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return f"postgresql+psycopg://{USER}:{PASSWORD}@127.0.0.1:{self.port}/{name}"

    def _connect(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            user=USER,
            password=PASSWORD,
            dbname="postgres",
            autocommit=True,
        )

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(how)
            process.wait(SECONDS)

    def _answers(self) -> bool:
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def _popen(self, program: str, *arguments: object) -> subprocess.Popen[bytes]:
        with (self._folder / "log").open("ab") as log:
            process: subprocess.Popen[bytes] = subprocess.Popen(
                [self._programs / program, *map(str, arguments)],
                cwd=self._folder,
                stdout=log,
                stderr=log,
                **self._as_user,
            )
        return process


def _unprivileged_user() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


@contextmanager
def serve() -> Iterator[PostgreSQL]:
    """Run a PostgreSQL server until the end, whatever that is."""
    programs = find()
    assert programs, "There is no PostgreSQL: python -m tests.services.postgresql installs it."
    # Not below pytest's folder, which only its own user may enter.
    with tempfile.TemporaryDirectory(prefix="mnistlab-postgresql-") as folder:
        server = PostgreSQL(programs, Path(folder))
        try:
            server.create()
            server.start()
            yield server
        finally:
            server.abandon()


if __name__ == "__main__":
    if find() is None or shutil.which("openssl") is None:
        install()
    print("PostgreSQL:", find())
