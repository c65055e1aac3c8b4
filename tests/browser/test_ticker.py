"""What a page that watches a run asks of the server, and when it asks nothing."""

import signal
import time

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Server, Visit, press_stop, press_train, wait_for_status
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
WAIT_FOR_GROWTH = """() => {
  const read = () => document.querySelector('.st-key-loss_panel .mark-line path')?.getAttribute('d')
  window.line ??= read()
  return window.line !== read()
}"""


def note_questions(page: Page) -> list[float]:
    """Return a list to which the time of each message to the server is added."""
    sent: list[float] = []

    def listen(socket: object) -> None:
        socket.on("framesent", lambda _: sent.append(time.monotonic()))  # type: ignore[attr-defined]

    page.on("websocket", listen)
    page.reload()
    page.wait_for_selector(".st-key-train button:not([disabled])")
    page.wait_for_selector(".st-key-ticker_speed", state="detached")
    return sent


def watch(page: Page) -> list[float]:
    """Have a run trained; return the times of the questions when its curve has begun."""
    sent = note_questions(page)
    press_train(page)
    page.wait_for_selector(".st-key-loss_panel svg.marks .mark-line path")
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


def test_a_hidden_page_asks_nothing_and_goes_on_when_it_is_seen(
    server: Server, visit_anew: Visit
) -> None:
    page = visit_anew(server.link(**LONG.to_query()))
    sent = watch(page)
    wait_for_question(page, sent)
    page.evaluate(HIDE)
    page.wait_for_timeout(1000)  # an answer may be under way
    assert count_for(page, 3, sent) == 0
    page.evaluate(SHOW)
    page.wait_for_function(WAIT_FOR_GROWTH)
    wait_for_question(page, sent)
    press_stop(page)


def test_a_page_asks_nothing_before_its_run_and_after(server: Server, visit_anew: Visit) -> None:
    page = visit_anew(server.link(**SMALL.to_query()))
    sent = note_questions(page)
    page.wait_for_timeout(1000)
    assert sent
    assert count_for(page, 3, sent) == 0
    press_train(page)
    page.wait_for_selector(".st-key-test_result")
    page.wait_for_timeout(1000)
    assert count_for(page, 3, sent) == 0


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
    server: Server, visit_anew: Visit, press: str | None
) -> None:
    """Its question would reach the server after the press, and empty the new page."""
    page = visit_anew(server.link(**LONG.to_query()))
    press_train(page)
    for milliseconds in (0, 3):
        page.click("header >> text=Mistakes")
        page.wait_for_selector("h1:has-text('Mistakes')")
        page.click("header >> text=Train")
        wait_for_status(page, "running")
        page.wait_for_selector(".st-key-ticker_run", state="attached")
        page.evaluate(HIDE)
        page.wait_for_timeout(4000)  # by now it would like to ask
        page.evaluate(LEAVE_AND_ASK, [press, milliseconds])
        page.wait_for_selector("h1:has-text('Mistakes')")
        page.wait_for_timeout(1000)
        assert page.locator("h1:has-text('Mistakes')").count() == 1
        page.click("header >> text=Train")
        wait_for_status(page, "running")
    press_stop(page)


def test_a_server_that_does_not_answer_is_asked_once(server: Server, visit_anew: Visit) -> None:
    page = visit_anew(server.link(**LONG.to_query()))
    sent = watch(page)
    server.process.send_signal(signal.SIGSTOP)
    try:
        page.wait_for_timeout(500)  # what it has answered already may be under way
        assert count_for(page, 4, sent) <= 1
    finally:
        server.process.send_signal(signal.SIGCONT)
    page.wait_for_function(WAIT_FOR_GROWTH)
    wait_for_question(page, sent)
    press_stop(page)


def test_a_ticker_takes_no_room_and_is_not_read_out(server: Server, visit_anew: Visit) -> None:
    page = visit_anew(server.link(**LONG.to_query()))
    watch(page)
    ticker = page.locator(".st-key-ticker_run")
    ticker.wait_for(state="attached")
    assert ticker.evaluate("element => getComputedStyle(element).display") == "none"
    press_stop(page)
    ticker.wait_for(state="detached")
