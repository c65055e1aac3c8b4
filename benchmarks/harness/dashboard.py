"""A real server and a real browser, for benchmarks that look at pages.

Both end with their `with` block, whatever happens inside.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
from playwright.sync_api import Page, sync_playwright

_PROJECT = Path(__file__).parents[2]
_SECONDS_TO_START = 180.0
_SECONDS_BETWEEN_KNOCKS = 0.02

_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_BROWSER_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    # A browser that looks for news of its own takes time from what is measured.
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class Server:
    """The dashboard on one port of this machine, which may be killed and start again there.

    Attributes:
        home: The folder for its runs, images and log.
        log: What it has said so far.

    Args:
        home: See above.
        wrapper: A command that runs the command behind it.
    """

    def __init__(self, home: Path, wrapper: Sequence[str] = ()) -> None:
        self.home = home
        self._wrapper = wrapper
        self.log = home / "server.log"
        self._port = _free_port()
        self._process: psutil.Popen | None = None

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def process(self) -> psutil.Popen:
        """Its process."""
        assert self._process is not None
        return self._process

    def start(self) -> None:
        """Start it, and wait until it answers.

        Raises:
            RuntimeError: If it does not answer within three minutes.
        """
        with self.log.open("ab") as output:
            self._process = _start(self._port, self.home, output.fileno(), self._wrapper)
        _wait_for_answer(f"{self.address}/_stcore/health", self._process, self.log)

    def end(self) -> None:
        """End it, with all processes that it started."""
        if self._process is not None and self._process.poll() is None:
            _kill(self._process)


@contextmanager
def serve(wrapper: Sequence[str] = ()) -> Iterator[Server]:
    """Run the dashboard on a free port of this machine, with an empty home, until the block ends.

    Args:
        wrapper: See `Server`.

    Raises:
        RuntimeError: If it does not answer within three minutes.
    """
    with tempfile.TemporaryDirectory(prefix="mnistlab-") as home:
        server = Server(Path(home), wrapper)
        try:
            server.start()
            yield server
        finally:
            server.end()


@contextmanager
def browse() -> Iterator[Page]:
    """Open an empty page in a Chromium without a window: the system's, or Playwright's."""
    paths = filter(None, map(shutil.which, _BROWSERS))
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(
            executable_path=next(paths, None), args=list(_BROWSER_FLAGS)
        ) as browser,
    ):
        yield browser.new_page()


def run_in_view(page: Page) -> str:
    """Return the id of the run that a page shows, by its address."""
    return str(page.evaluate("new URLSearchParams(location.search).get('run')"))


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def _start(port: int, home: Path, output: int, wrapper: Sequence[str]) -> psutil.Popen:
    command = (sys.executable, "-m", "streamlit", "run", "app.py")
    return psutil.Popen(
        [*wrapper, *command, *_flags(port, home)],
        cwd=_PROJECT,
        env=_environment(home),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
    )


def _flags(port: int, home: Path) -> tuple[str, ...]:
    return (
        "--server.headless=true",
        "--server.address=127.0.0.1",
        f"--server.port={port}",
        # For benchmarks/harness/sessions.py; it costs nothing while nobody asks.
        "--server.enableAgentApi=true",
        # There is no such file: the user's own may name a database that others use.
        f"--secrets.files={home / 'secrets.toml'}",
    )


def _environment(home: Path) -> dict[str, str]:
    # Runs are kept in `home` and trained on this machine, wherever the user's own are.
    kept = {k: v for k, v in os.environ.items() if not k.startswith("MNISTLAB_")}
    return {**kept, "MNISTLAB_HOME": str(home)}


def _kill(server: psutil.Popen) -> None:
    """Kill parents before their children, which they would start again; wait for all."""
    processes = [server, *server.children(recursive=True)]
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(processes)


def _wait_for_answer(url: str, server: psutil.Popen, log: Path) -> None:
    until = time.monotonic() + _SECONDS_TO_START
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except (urllib.error.URLError, TimeoutError):
            time.sleep(_SECONDS_BETWEEN_KNOCKS)
    raise RuntimeError(f"The server did not start:\n{log.read_text(errors='replace')}")
