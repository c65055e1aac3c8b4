"""A real server and a real Chromium."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlencode

import psutil
import pytest
from playwright.sync_api import (
    Browser,
    Error,
    FilePayload,
    Locator,
    Page,
    ViewportSize,
    sync_playwright,
)

from mnistlab.core.settings.presets import PRESETS
from mnistlab.store import RunStore, open_store
from mnistlab.ui.session import ready_made
from tests.browser.chromium import FLAGS, find
from tests.factories import SECONDS

PROJECT = Path(__file__).parents[2]
NO_CLUSTER = {"MNISTLAB_SCHEDULER": "tcp://127.0.0.1:9"}
"""Pages do without a cluster, whose start would take longer than all the rest."""

# Charts, tables and number fields arrive later than the rest, and move what is below them.
SETTLED = """() =>
  document.querySelector('[data-testid=stApp][data-test-script-state=notRunning]') &&
  !document.querySelector('[data-testid=stSkeleton]')
"""

STUDENTS = replace(PRESETS["quick_start"].config, training_images=12_000, epochs=4)
"""Trained in some seconds, to 95 % or more."""

LAPTOP = ViewportSize(width=1280, height=900)

Visit = Callable[[str], Page]


@dataclass
class Server:
    """A running dashboard.

    Attributes:
        url: Its address.
        home: The folder of its database, and of its log.
        process: The server itself, whose end is also that of its cluster.
    """

    url: str
    home: Path
    process: subprocess.Popen[bytes]

    @property
    def log(self) -> Path:
        """What the server has said so far."""
        return self.home / "server.log"

    def link(self, page: str = "train", **query: str) -> str:
        return f"{self.url}/{page}?{urlencode(query)}"


@contextmanager
def serve(
    home: Path, variables: Mapping[str, str] | None = None, project: Path = PROJECT
) -> Iterator[Server]:
    """Run the dashboard as a user would, on a free port of the loopback interface."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["--server.port", str(port), "--server.address", "127.0.0.1"]
    with (home / "server.log").open("ab") as log:
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "streamlit",
                "run",
                "app.py",
                "--server.headless=true",
                *options,
            ],
            cwd=project,
            env={**os.environ, "MNISTLAB_HOME": str(home), **(variables or {})},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        url = f"http://127.0.0.1:{port}"
        wait_until_healthy(url, process)
        yield Server(url, home, process)
    finally:
        below = psutil.Process(process.pid).children(recursive=True) if is_alive(process) else []
        process.kill()
        process.wait()
        psutil.wait_procs(below, timeout=SECONDS)


def is_alive(process: subprocess.Popen[bytes]) -> bool:
    return process.poll() is None


def wait_until_healthy(url: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + SECONDS
    while True:
        try:
            urllib.request.urlopen(f"{url}/_stcore/health", timeout=5).close()
            return
        except OSError:
            assert is_alive(process), "the server has ended before it answered"
            assert time.monotonic() < end, "the server did not start"
            time.sleep(0.1)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serve(tmp_path_factory.mktemp("home")) as running:
        yield running


@pytest.fixture
def store(server: Server) -> Iterator[RunStore]:
    """The server's own database, opened beside it."""
    with closing(open_store(server.home).store) as opened:
        yield opened


@pytest.fixture(scope="session")
def chromium() -> str | None:
    """The browser's path, found before Playwright is at work, which is asked for its own."""
    return find()


@pytest.fixture(scope="session")
def browser(chromium: str | None) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=chromium, args=list(FLAGS), timeout=SECONDS * 1000
        )
        yield running
        running.close()


@pytest.fixture(scope="session")
def shared_page(browser: Browser) -> Page:
    """The page of most tests: a new browser takes seconds to compile Streamlit's scripts."""
    return browser.new_context().new_page()


@pytest.fixture
def visit(shared_page: Page) -> Iterator[Visit]:
    """Open a link as a student would."""

    def visit(url: str) -> Page:
        return open_link(shared_page, url)

    yield visit
    stop_training(shared_page)
    shared_page.goto("about:blank")


@pytest.fixture
def visit_anew(shared_page: Page) -> Iterator[Visit]:
    """Open a link in a tab of its own, as another student would: what listens ends with it.

    Tabs share what their browser has compiled. A lab is known by its link alone, so that
    they share nothing else.
    """
    with ExitStack() as tabs:

        def visit(url: str) -> Page:
            return open_link(tabs.enter_context(new_tab(shared_page)), url)

        yield visit


def upload(page: Page, uploader: str, content: bytes) -> None:
    """Choose a file of these bytes, as in the system's dialog."""
    file = FilePayload(name="picture.png", mimeType="image/png", buffer=content)
    page.set_input_files(f"{uploader} input[type=file]", file)


@contextmanager
def new_tab(page: Page) -> Iterator[Page]:
    """Open a tab beside `page`; close it at the end, with what still goes on in it."""
    with closing(page.context.new_page()) as tab:
        try:
            yield tab
        finally:
            stop_training(tab)


def open_link(page: Page, url: str) -> Page:
    """Open a link in a window of a laptop's size, whatever a test has made of it before."""
    page.set_default_timeout(SECONDS * 1000)
    page.set_viewport_size(LAPTOP)
    page.goto(url)
    return page


def stop_training(page: Page) -> None:
    """Stop what a test that failed has left going on, or it would starve the tests after it."""
    with suppress(Error):
        stop = page.locator(".st-key-stop button:enabled").first
        if stop.is_visible():
            stop.click(timeout=5000)
            page.wait_for_selector(".st-key-stop button:enabled", state="detached", timeout=5000)


def settle(page: Page) -> None:
    """Wait until the page has all its parts, and none of them is about to move."""
    page.wait_for_function(SETTLED)


def open_page(page: Page, name: str) -> None:
    """Go to a page by the navigation."""
    page.click(f"header >> text={name.capitalize()}")
    page.wait_for_selector(f"[data-testid=stMain] h1:has-text('{name.capitalize()}')")
    settle(page)


def open_popover(page: Page, button: str) -> Locator:
    """Open a popover; return what is in it.

    It is pressed until it is seen to be open: while a page still changes, a press may
    miss the button, or what it opened may be closed again.
    """
    settle(page)
    return press_until(page, button, page.locator("[data-testid=stPopoverBody]"))


def press_train(page: Page) -> str:
    """Press Train; return the run's id when it is under way."""
    settle(page)
    page.click(".st-key-train button")
    page.wait_for_selector("[data-status]")
    page.wait_for_function("() => location.search.includes('run=')")
    return read_query(page, "run")


def press_stop(page: Page) -> None:
    """Press Stop, and wait until the page says so.

    Not before the page is settled: what comes late moves the button, and a press that
    begins on it and ends beside it is none. On a busy machine one in some dozens is lost all
    the same, so that it is pressed until the page takes notice.
    """
    settle(page)
    heard = page.locator(".lab-status:has-text('Stopping'), [data-status=stopped]")
    press_until(page, ".st-key-stop button:enabled", heard)
    wait_for_status(page, "stopped")


def press_until(page: Page, button: str, sign: Locator) -> Locator:
    """Press a button, and again after a while, until there is a sign of it; return the sign."""
    end = time.monotonic() + SECONDS
    while not sign.is_visible():
        assert time.monotonic() < end, f"{button} has no effect"
        with suppress(Error):  # it may be gone, since the sign is about to come
            page.click(button, timeout=2_000)
            sign.wait_for(timeout=2_000)
    return sign


def wait_for_status(page: Page, *statuses: str) -> None:
    page.wait_for_selector(", ".join(f"[data-status={status}]" for status in statuses))


def read_query(page: Page, name: str) -> str:
    """Return a parameter of the URL, as the browser has it now."""
    found = re.search(rf"[?&]{name}=([^&]*)", page.evaluate("location.href"))
    return found.group(1) if found else ""


@pytest.fixture(scope="session")
def reader(server: Server) -> str:
    """The query of a lab without runs, in which the ready-made network predicts."""
    with closing(open_store(server.home).store) as store:
        return urlencode({"lab": store.create_lab(), "network": ready_made.ID})


@pytest.fixture(scope="session")
def student(server: Server, shared_page: Page) -> str:
    """The query of a lab whose run has ended, trained from the page."""
    shared_page.set_default_timeout(4 * SECONDS * 1000)  # it may wait for the cluster's start
    shared_page.goto(server.link(**STUDENTS.to_query()))
    run = press_train(shared_page)
    wait_for_status(shared_page, "finished")
    return urlencode({"lab": read_query(shared_page, "lab"), "run": run})
