"""Two labs on one server: what each may see and do of the other, and names as text."""

import http.client
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from mnistlab.core.run import RunStatus
from mnistlab.store import RunStore
from tests.browser.conftest import (
    Server,
    Visit,
    open_page,
    open_popover,
    press_train,
    read_query,
    wait_for_status,
)
from tests.factories import SECONDS, SMALL

PAGES = {
    "train": ".st-key-train",
    "compare": ".lab-ranking",
    "mistakes": ".st-key-digit_grid",
    "draw": ".lab-bars",
}
OWNERS_BUTTONS = (".st-key-delete", ".st-key-rename", ".st-key-continue", ".st-key-run_again")
NAMES = (
    "<img src=x onerror=alert(1)> **x** [x](javascript:x) a@x.org",
    ":red[x] $x$ `x` _x_ ~x~ ![](http://x) www.x.org &lt; :smile:",
)


MADE_OF_MARKUP = (
    "img[src=x]",
    "img[src^=http]",
    "a[href^=javascript]",
    "a[href^=mailto]",
    ".katex",
    "del",
    *(f"{tag}:text-is('x')" for tag in ("strong", "em", "b", "code")),
)


@dataclass(frozen=True)
class Owned:
    """A lab with one run that has ended."""

    lab: str
    run: str


@pytest.fixture(scope="module")
def owned(server: Server, shared_page: Page) -> Owned:
    shared_page.set_default_timeout(4 * SECONDS * 1000)  # it may wait for the cluster's start
    shared_page.goto(server.link(**SMALL.to_query()))
    run = press_train(shared_page)
    wait_for_status(shared_page, "finished")
    return Owned(read_query(shared_page, "lab"), run)


@contextmanager
def named(store: RunStore, owned: Owned, name: str) -> Iterator[None]:
    """Call the run otherwise for a while."""
    before = store.run(owned.run).name
    store.rename(owned.lab, owned.run, name)
    try:
        yield
    finally:
        store.rename(owned.lab, owned.run, before)


@dataclass(frozen=True)
class Heard:
    """All that a page has been told and has asked for.

    Attributes:
        frames: What came through its websocket.
        hosts: The hosts it sent requests to.
        dialogs: The messages of its alerts.
    """

    frames: list[bytes]
    hosts: set[str]
    dialogs: list[str]

    def __contains__(self, text: str) -> bool:
        return any(text.encode() in frame for frame in self.frames)


def listen(page: Page) -> Heard:
    """Note from now on what a page is told and asks for."""
    heard = Heard([], set(), [])

    def note_frame(frame: str | bytes) -> None:
        heard.frames.append(frame.encode() if isinstance(frame, str) else frame)

    page.on("websocket", lambda socket: socket.on("framereceived", note_frame))
    page.on("request", lambda request: heard.hosts.add(urlsplit(request.url).netloc))
    page.on("dialog", lambda dialog: heard.dialogs.append(dialog.message))
    return heard


class TestASharedRun:
    def test_is_there_to_look_at_and_says_nothing_of_its_lab(
        self, server: Server, visit_anew: Visit, owned: Owned
    ) -> None:
        page = visit_anew("about:blank")
        for page_name, sign in PAGES.items():
            heard = listen(page)
            page.goto(server.link(page_name, run=owned.run))
            page.wait_for_selector(sign)
            page.wait_for_function("() => location.search.includes('lab=')")
            assert read_query(page, "lab") != owned.lab
            assert owned.run in heard
            assert owned.lab not in heard
            assert owned.lab not in page.content()
            assert owned.lab not in page.title()

    def test_has_no_buttons_but_for_its_lab(
        self, server: Server, visit_anew: Visit, owned: Owned, store: RunStore
    ) -> None:
        store.mark(owned.run, RunStatus.STOPPED, attempt=1)  # which may be run again, too
        try:
            stranger = visit_anew(server.link(run=owned.run))
            owner = visit_anew(server.link(lab=owned.lab, run=owned.run))
            for page in (stranger, owner):
                wait_for_status(page, "stopped")
                page.wait_for_selector("button:has-text('Share')")
            shown = [f"button:has-text('{name}')" for name in ("Edit", "Continue", "Run again")]
            for name in shown:
                owner.wait_for_selector(name)
            assert [stranger.locator(name).count() for name in shown] == [0] * 3
            assert [stranger.locator(name).count() for name in OWNERS_BUTTONS] == [0] * 4
            assert stranger.locator(".st-key-stop button").first.is_disabled()
        finally:
            store.mark(owned.run, RunStatus.FINISHED, attempt=1)

    def test_is_shared_by_a_link_without_the_lab(
        self, server: Server, visit_anew: Visit, owned: Owned
    ) -> None:
        page = visit_anew(server.link(lab=owned.lab, run=owned.run))
        open_popover(page, "button:has-text('Share')")
        page.wait_for_selector("[data-testid=stCode] >> nth=1")
        links = page.locator("[data-testid=stCode]").all_inner_texts()
        assert links[0].strip() == f"{server.url}/train?run={owned.run}"
        assert all("?" in link and "lab=" not in link for link in links)


def test_another_lab_finds_no_run_of_this_one(
    server: Server, visit_anew: Visit, owned: Owned, store: RunStore
) -> None:
    with named(store, owned, "Nobody else's"):
        stranger, owner = visit_anew("about:blank"), visit_anew("about:blank")
        heard, control = listen(stranger), listen(owner)
        stranger.goto(server.link())
        owner.goto(server.link(lab=owned.lab))
        for page_name in PAGES:
            for page in (stranger, owner):
                open_page(page, page_name)
            assert "Nobody else's" in control
        assert not [text for text in ("Nobody else's", owned.run, owned.lab) if text in heard]


class TestAName:
    def test_is_text_everywhere(
        self, server: Server, visit_anew: Visit, owned: Owned, store: RunStore
    ) -> None:
        name = NAMES[0]
        with named(store, owned, name):
            page = visit_anew("about:blank")
            heard = listen(page)
            for link in ({"lab": owned.lab, "run": owned.run}, {"run": owned.run}):
                page.goto(server.link(**link))
                for page_name, sign in PAGES.items():
                    open_page(page, page_name)
                    page.wait_for_selector(sign)
                    assert name in _name_in_view(page, page_name)
                    _check_is_text(page, heard, server)

    @pytest.mark.parametrize("name", NAMES)
    def test_is_text_in_a_message(
        self, server: Server, visit_anew: Visit, owned: Owned, store: RunStore, name: str
    ) -> None:
        with named(store, owned, name):
            page = visit_anew(server.link(lab=owned.lab, run=owned.run))
            heard = listen(page)
            page.wait_for_selector(".st-key-verdicts")  # what comes late moves what is below
            open_popover(page, "button:has-text('Edit')")
            page.wait_for_selector(".st-key-delete button")
            store.mark(owned.run, RunStatus.RUNNING, attempt=1)  # as it would be in a second tab
            try:
                page.click(".st-key-delete button")
                page.wait_for_selector("[data-testid=stAlert]")
                said = _read(page, "[data-testid=stAlert]")
                assert said.startswith(f"“{name}” has not ended yet.")
                _check_is_text(page, heard, server)
            finally:
                store.mark(owned.run, RunStatus.FINISHED, attempt=1)


def test_what_a_link_says_is_text(server: Server, visit_anew: Visit) -> None:
    page = visit_anew("about:blank")
    heard = listen(page)
    said = "![](http://x/x.png) <b>x</b> **x**"
    page.goto(server.link(epochs=said))
    page.wait_for_selector("[data-testid=stAlert]")
    assert f"“{said}”" in _read(page, "[data-testid=stAlert]")
    _check_is_text(page, heard, server)


def _name_in_view(page: Page, page_name: str) -> str:
    if page_name == "train":
        return page.inner_text(".lab-name")
    if page_name == "compare":
        return page.inner_text(".lab-ranking tbody th")
    return page.locator("[data-testid=stSelectbox] input").first.input_value()


def _read(page: Page, selector: str) -> str:
    return page.locator(selector).first.inner_text().replace("\N{WORD JOINER}", "")


def _check_is_text(page: Page, heard: Heard, server: Server) -> None:
    """Check that nothing was made of markup, and that nobody outside was asked."""
    main = page.locator("[data-testid=stMain]")
    assert main.locator(", ".join(MADE_OF_MARKUP)).count() == 0
    # All at once: of a page that still changes, a link may be gone when it is asked.
    links = page.eval_on_selector_all("a", "all => all.map((a) => a.getAttribute('href') ?? '')")
    assert [link for link in links if re.match("https?:", link) and server.url not in link] == []
    assert heard.hosts <= {"", urlsplit(server.url).netloc}
    assert heard.dialogs == []


class TestTheServer:
    @pytest.mark.parametrize(
        ("origin", "status"),
        [("http://elsewhere.example", 403), ("null", 403), (None, 101)],
        ids=["another site", "a file", "its own page"],
    )
    def test_takes_websockets_from_its_own_pages(
        self, server: Server, origin: str | None, status: int
    ) -> None:
        assert _ask_for_websocket(server, origin or server.url) == status

    def test_logs_no_lab_key(self, server: Server, owned: Owned) -> None:
        with closing(sqlite3.connect(server.home / "mnistlab.db")) as connection:
            keys = [key for (key,) in connection.execute("SELECT key FROM labs")]
        log = server.log.read_text()
        assert "URL" in log
        assert owned.lab in keys
        assert [key for key in keys if key in log] == []


def _ask_for_websocket(server: Server, origin: str) -> int:
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=SECONDS)
    headers = {
        "Origin": origin,
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version": "13",
    }
    with closing(connection):
        connection.request("GET", "/_stcore/stream", headers=headers)
        return connection.getresponse().status
