"""Connections to a Dask cluster: a child process of the server, or an existing one."""

import os
import subprocess
import sys
import threading
from concurrent.futures import Future
from pathlib import Path
from typing import IO, Protocol

import mnistlab
from mnistlab.core.errors import EngineError

_SECONDS_TO_START = 60.0
_SECONDS_TO_CLOSE = 8.0


class Connection(Protocol):
    """Starts or finds a scheduler.

    Attributes:
        shared: The address of a scheduler that other servers may use too; None if it is this
            server's own.
    """

    shared: str | None

    def begin(self) -> None:
        """Start the scheduler if necessary, without waiting for it."""

    def open(self) -> str:
        """Return the scheduler's address, after starting it if necessary."""

    def is_open(self) -> bool:
        """Return whether the scheduler may still run."""

    def close(self) -> None:
        """Release the scheduler."""


class EmbeddedCluster:
    """`python -m mnistlab.cluster` as a child that ends with this process.

    Args:
        home: The folder for unpacked images, handed on as MNISTLAB_HOME.
    """

    def __init__(self, home: Path) -> None:
        self.shared: str | None = None
        self._home = home
        self._process: subprocess.Popen[bytes] | None = None
        self._has_answered = False

    def begin(self) -> None:
        """Start the child, after ending an earlier one."""
        self.close()
        # Not multiprocessing, which would run the page's script again in the child. A session
        # of its own, so that Ctrl-C reaches the server alone.
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "mnistlab.cluster", "mnistlab.engine.worker.preload"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=self._environment(),
                start_new_session=True,
            )
        except OSError as error:  # such as no memory
            raise _not_started(f" ({error})") from error

    def open(self) -> str:
        """Return the scheduler's address, of a new child unless one was just begun.

        Raises:
            EngineError: If no address comes within a minute.
        """
        if self._has_answered or not self.is_open():
            self.begin()
        self._has_answered = True
        assert self._process is not None
        assert self._process.stdout is not None
        return _first_line(self._process.stdout)

    def is_open(self) -> bool:
        """Return whether the child runs."""
        return self._process is not None and self._process.poll() is None

    def close(self) -> None:
        """Close the child's standard input and wait for its end."""
        process, self._process, self._has_answered = self._process, None, False
        if process is None:
            return
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.close()
        try:
            process.wait(_SECONDS_TO_CLOSE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()

    def _environment(self) -> dict[str, str]:
        project = str(Path(mnistlab.__file__).parent.parent)
        paths = [project, os.environ.get("PYTHONPATH", "")]
        path = os.pathsep.join(filter(None, paths))
        return {
            **os.environ,
            "PYTHONPATH": path,
            "MNISTLAB_HOME": str(self._home),
            # Dask sets up its logging while it is imported, from its own configuration.
            "DASK_LOGGING__DISTRIBUTED": "error",
        }


class ExistingCluster:
    """A scheduler that the server administrator runs.

    Args:
        address: Such as tcp://10.0.0.5:8786.
    """

    def __init__(self, address: str) -> None:
        self.shared: str | None = address
        self._address = address

    def begin(self) -> None:
        """Do nothing, since it exists."""

    def open(self) -> str:
        """Return the address."""
        return self._address

    def is_open(self) -> bool:
        """Return True: the server administrator restarts it."""
        return True

    def close(self) -> None:
        """Leave the scheduler as it is."""


def _first_line(stream: IO[bytes]) -> str:
    line: Future[bytes] = Future()
    threading.Thread(target=lambda: line.set_result(stream.readline()), daemon=True).start()
    try:
        address = line.result(_SECONDS_TO_START).decode().strip()
    except TimeoutError:
        address = ""
    if not address:
        raise _not_started()
    return address


def _not_started(reason: str = "") -> EngineError:
    return EngineError(
        f"The training process did not start{reason}.",
        "Try again. If it keeps happening, check the server's log.",
    )
