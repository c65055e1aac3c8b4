"""What a page that watches a run asks of the server, and when it asks nothing."""

import signal
import time
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page

from mnistlab.core.run import RunStatus
from mnistlab.store import RunStore, this_owner
from tests.browser.conftest import (
    Server,
    Visit,
    Watched,
    note_questions,
    press_train,
    settle,
    wait_for_status,
)
from tests.factories import SECONDS, SMALL

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


def count_for(page: Page, seconds: float, sent: list[float]) -> int:
    before = len(sent)
    page.wait_for_timeout(seconds * 1000)
    return len(sent) - before


def wait_for_question(page: Page, sent: list[float]) -> None:
    before, end = len(sent), time.monotonic() + SECONDS
    while len(sent) == before:
        assert time.monotonic() < end, "the page does not ask"
        page.wait_for_timeout(100)


def wait_for_growth(page: Page) -> None:
    before = page.evaluate(READ_LINE)
    page.wait_for_function(f"(before) => ({READ_LINE})() !== before", arg=before)


class TestAWatchedRun:
    def test_a_hidden_page_asks_nothing_and_goes_on_when_it_is_seen(self, watched: Watched) -> None:
        page = watched.page
        wait_for_question(page, watched.questions)
        page.evaluate(HIDE)
        page.wait_for_timeout(1000)  # an answer may be under way
        assert count_for(page, 3, watched.questions) == 0
        page.evaluate(SHOW)
        wait_for_growth(page)
        wait_for_question(page, watched.questions)

    def test_a_server_that_does_not_answer_is_asked_once(
        self, server: Server, watched: Watched
    ) -> None:
        page = watched.page
        server.process.send_signal(signal.SIGSTOP)
        try:
            page.wait_for_timeout(500)  # what it has answered already may be under way
            assert count_for(page, 4, watched.questions) <= 1
        finally:
            server.process.send_signal(signal.SIGCONT)
        wait_for_growth(page)
        wait_for_question(page, watched.questions)

    def test_has_a_ticker_that_takes_no_room_and_is_not_read_out(self, watched: Watched) -> None:
        ticker = watched.page.locator(".st-key-ticker_run")
        ticker.wait_for(state="attached")
        assert ticker.evaluate("element => getComputedStyle(element).display") == "none"


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
    page.wait_for_selector(".st-key-test_result")
    page.locator(".st-key-ticker_run").wait_for(state="detached")
    page.wait_for_timeout(1000)
    assert count_for(page, 3, sent) == 0


@pytest.fixture
def going_on(store: RunStore) -> Iterator[str]:
    """The query of a run that goes on for as long as a test, of which nothing more comes."""
    lab = store.create_lab()
    run = store.create_run(lab, SMALL, "Goes on", this_owner())
    store.mark(run.id, RunStatus.RUNNING, attempt=1)
    yield urlencode({"lab": lab, "run": run.id})
    store.mark(run.id, RunStatus.STOPPED, attempt=1)


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
    server: Server, visit_anew: Visit, store: RunStore, going_on: str, press: str | None
) -> None:
    """Its question would reach the server after the press, and empty the new page."""
    page = visit_anew(f"{server.url}/train?{going_on}")
    for milliseconds in (0, 3):
        store.leases.heartbeat(this_owner())  # or the run would be given up
        page.click("header >> text=Mistakes")
        page.wait_for_selector("h1:has-text('Mistakes')")
        page.click("header >> text=Train")
        wait_for_status(page, "running")
        page.wait_for_selector(".st-key-ticker_run", state="attached")
        page.evaluate(HIDE)
        page.wait_for_timeout(3000)  # by now it would like to ask
        page.evaluate(LEAVE_AND_ASK, [press, milliseconds])
        page.wait_for_selector("h1:has-text('Mistakes')")
        page.wait_for_timeout(1000)
        assert page.locator("h1:has-text('Mistakes')").count() == 1
        page.click("header >> text=Train")
        wait_for_status(page, "running")
