"""What a page that watches a run asks where nothing is pushed, and when it asks nothing."""

import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, WebSocket

from mnistlab.core.run import RunStatus
from mnistlab.core.training.events import StepPoint
from mnistlab.core.training.history import History
from mnistlab.store import RunRecord, RunStore, this_owner
from tests.browser.conftest import (
    Server,
    Visit,
    open_page,
    press_train,
    settle,
    wait_for_status,
)
from tests.factories import LONG, SECONDS, SMALL

# A browser without a window shows all its pages at once, so that none is really hidden.
HIDE = """() => {
  Object.defineProperty(document, 'visibilityState', {value: 'hidden', configurable: true})
  document.dispatchEvent(new Event('visibilitychange'))
}"""
SHOW = """() => {
  delete document.visibilityState
  document.dispatchEvent(new Event('visibilitychange'))
}"""
READ_LINE = """
() => document.querySelector('.st-key-loss_panel .mark-line path')?.getAttribute('d')
"""


@dataclass
class GoingOn:
    """A run that another server trains, for as long as a test."""

    record: RunRecord
    store: RunStore

    def show_in(self, page: Page, server: Server) -> list[float]:
        """Open the run; return a list that the times of the page's questions are added to."""
        sent = note_questions(page)
        self.grow(2)
        page.goto(server.link(lab=self.record.lab, run=self.record.id))
        page.wait_for_selector(".st-key-loss_panel .mark-line path")
        return sent

    def grow(self, steps: int) -> None:
        """Have another server write that its run has come so far, which renews its lease."""
        points = [StepPoint(n, n / 100, 2.3 / n, 0.5, 0.01, n / 10) for n in range(1, steps + 1)]
        self.store.save_history(self.record.id, History(points), attempt=1)
        self.store.leases.heartbeat(this_owner())


@pytest.fixture
def going_on(store: RunStore) -> Iterator[GoingOn]:
    record = store.create_run(store.create_lab(), LONG, "Goes on", this_owner())
    store.mark(record.id, RunStatus.RUNNING, attempt=1)
    yield GoingOn(record, store)
    store.mark(record.id, RunStatus.STOPPED, attempt=1)


@pytest.fixture
def page(visit_anew: Visit) -> Page:
    """An empty page, to which nothing will be pushed."""
    page = visit_anew("about:blank")
    page.route_web_socket("**/live/**", lambda socket: socket.close())
    return page


def note_questions(page: Page, path: str = "") -> list[float]:
    """Return a list to which the time of each message to the server's `path` is added."""
    sent: list[float] = []

    def listen(socket: WebSocket) -> None:
        if path in socket.url:
            socket.on("framesent", lambda _: sent.append(time.monotonic()))

    page.on("websocket", listen)
    return sent


def count_for(page: Page, seconds: float, sent: list[float]) -> int:
    before = len(sent)
    page.wait_for_timeout(seconds * 1000)
    return len(sent) - before


def wait_for_question(page: Page, sent: list[float]) -> None:
    before, end = len(sent), time.monotonic() + SECONDS
    while len(sent) == before:
        assert time.monotonic() < end, "the page does not ask"
        page.wait_for_timeout(100)


def wait_for_growth(page: Page, going_on: GoingOn) -> None:
    before = page.evaluate(READ_LINE)
    going_on.grow(4)
    page.wait_for_function(f"(before) => ({READ_LINE})() !== before", arg=before)


def test_a_hidden_page_asks_nothing_and_goes_on_when_it_is_seen(
    server: Server, page: Page, going_on: GoingOn
) -> None:
    sent = going_on.show_in(page, server)
    wait_for_question(page, sent)
    page.evaluate(HIDE)
    page.wait_for_timeout(1000)  # an answer may be under way
    assert count_for(page, 3, sent) == 0
    page.evaluate(SHOW)
    wait_for_growth(page, going_on)
    wait_for_question(page, sent)


def test_a_hidden_page_is_pushed_nothing_and_catches_up_when_it_is_seen(
    server: Server, visit_anew: Visit, going_on: GoingOn
) -> None:
    page = visit_anew("about:blank")
    with page.expect_websocket(lambda socket: "/live/" in socket.url) as pushed:
        going_on.show_in(page, server)
    page.evaluate(HIDE)
    if not pushed.value.is_closed():
        pushed.value.wait_for_event("close")
    before = page.evaluate(READ_LINE)
    going_on.grow(4)
    page.wait_for_timeout(2000)
    assert page.evaluate(READ_LINE) == before
    page.evaluate(SHOW)
    page.wait_for_function(f"(before) => ({READ_LINE})() !== before", arg=before)


def test_a_page_asks_nothing_before_its_run_and_after(server: Server, visit_anew: Visit) -> None:
    page = visit_anew("about:blank")
    sent = note_questions(page)
    page.goto(server.link(**SMALL.to_query()))
    page.wait_for_selector(".st-key-train button:not([disabled])")
    page.wait_for_selector(".st-key-ticker_speed", state="detached")
    settle(page)
    page.wait_for_timeout(1000)
    assert sent
    assert count_for(page, 3, sent) == 0
    press_train(page)
    page.wait_for_selector(".st-key-share_panel")
    page.locator(".st-key-ticker_run").wait_for(state="detached")
    page.wait_for_timeout(1000)
    assert count_for(page, 3, sent) == 0


def test_a_server_that_does_not_answer_is_asked_once(
    server: Server, page: Page, going_on: GoingOn
) -> None:
    sent = going_on.show_in(page, server)
    wait_for_question(page, sent)
    server.process.send_signal(signal.SIGSTOP)
    try:
        page.wait_for_timeout(500)  # what it has answered already may be under way
        assert count_for(page, 4, sent) <= 1
    finally:
        server.process.send_signal(signal.SIGCONT)
    wait_for_growth(page, going_on)
    wait_for_question(page, sent)


def test_a_ticker_takes_no_room_and_is_not_read_out(
    server: Server, page: Page, going_on: GoingOn
) -> None:
    going_on.show_in(page, server)
    ticker = page.locator(".st-key-ticker_run")
    ticker.wait_for(state="attached")
    assert ticker.evaluate("element => getComputedStyle(element).display") == "none"
    going_on.store.mark(going_on.record.id, RunStatus.STOPPED, attempt=1)
    ticker.wait_for(state="detached")


# Back is heard of some milliseconds later, only then can a question be asked after it. What is
# asked just before is Streamlit's to put in order, which once in thousands of times it does not
# (1.67) where `fastReruns` has it begin both in threads of their own.
LEAVE_AND_ASK = """([press, milliseconds]) => {
  const askLater = () => setTimeout(() => {
    delete document.visibilityState
    document.dispatchEvent(new Event('visibilitychange'))
  }, milliseconds)
  if (press) {
    [...document.querySelectorAll('header a')].find((a) => a.textContent === press).click()
    askLater()
  } else {
    addEventListener('popstate', askLater, {once: true})
    history.back()
  }
}"""


@pytest.mark.parametrize("press", ["Mistakes", None], ids=["by a link", "by Back"])
def test_a_page_that_was_just_left_asks_nothing_more(
    server: Server, page: Page, going_on: GoingOn, press: str | None
) -> None:
    """Its question would reach the server after the press, and empty the new page."""
    going_on.show_in(page, server)
    for milliseconds in (0, 3):
        going_on.grow(3)
        open_page(page, "mistakes")
        open_page(page, "train")
        wait_for_status(page, "running")
        page.wait_for_selector(".st-key-ticker_run", state="attached")
        page.evaluate(HIDE)
        page.wait_for_timeout(3000)  # by now it would like to ask
        page.evaluate(LEAVE_AND_ASK, [press, milliseconds])
        page.wait_for_selector("h1:has-text('Mistakes')")
        page.wait_for_timeout(1000)
        assert page.locator("h1:has-text('Mistakes')").count() == 1
        open_page(page, "train")
        wait_for_status(page, "running")
