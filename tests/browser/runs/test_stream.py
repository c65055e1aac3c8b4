"""A page whose run goes on: pushed to it, and asked for where nothing can be pushed."""

import json

import pytest
from playwright.sync_api import Page, WebSocketRoute

from mnistlab.store import RunStore
from tests.browser.conftest import Server, Visit, press_stop, press_train, settle
from tests.browser.runs.test_ticker import note_questions
from tests.browser.watching import LINE
from tests.factories import LONG

# By frames, since what is put right before the browser paints is not seen.
NOTE_LINE = """() => {
  window.growths = 0
  window.drops = []
  let before = 0
  const look = () => {
    const path = document.querySelector('.st-key-loss_panel .mark-line path')
    const end = Number(path?.getAttribute('d').match(/([-\\d.]+),[-\\d.]+Z?$/)?.[1])
    if (end > before) window.growths += 1
    if (!(end >= before - 0.05)) window.drops.push([before, end])
    before = end
    requestAnimationFrame(look)
  }
  look()
}"""
GROWTHS = 12


@pytest.fixture
def page(visit_anew: Visit) -> Page:
    return visit_anew("about:blank")


def begin(page: Page, server: Server) -> str:
    """Train until the chart has a line, and note how that grows."""
    page.goto(server.link(**LONG.to_query()))
    run = press_train(page)
    page.wait_for_selector(LINE)
    settle(page)
    page.evaluate(NOTE_LINE)
    return run


def test_points_are_pushed_and_the_line_never_falls_back(server: Server, page: Page) -> None:
    asked = note_questions(page, "/_stcore/")
    begin(page, server)
    before, numbers = len(asked), page.inner_text(".lab-stats")
    page.wait_for_function(f"window.growths >= {GROWTHS}")
    assert len(asked) - before < GROWTHS / 2
    assert page.inner_text(".lab-stats") != numbers
    press_stop(page)
    assert page.evaluate("window.drops") == []


def test_a_page_that_is_refused_asks(server: Server, page: Page) -> None:
    page.route_web_socket("**/live/**", lambda socket: socket.close())
    asked = note_questions(page, "/_stcore/")
    begin(page, server)
    before = len(asked)
    page.wait_for_function("window.growths >= 3")
    assert len(asked) - before >= 2  # the first may have been asked for before
    press_stop(page)


def test_no_point_is_lost_when_connections_are_cut(
    server: Server, page: Page, store: RunStore
) -> None:
    pushed: list[list[int]] = []

    def cut(socket: WebSocketRoute) -> None:
        pushed.append([])
        behind = socket.connect_to_server()

        def tell(message: str | bytes) -> None:
            pushed[-1] += [point[0] for point in json.loads(message).get("training", ())]
            socket.send(message)
            if len(pushed) <= 5 and len(pushed[-1]) > 3:
                behind.close()
                socket.close()

        behind.on_message(tell)

    page.route_web_socket("**/live/**", cut)
    run = begin(page, server)
    page.wait_for_function("window.growths >= 30")
    press_stop(page)
    steps = [step for each in pushed for step in each]
    stored = [point.step for point in store.history(run).steps]
    assert len(pushed) > 5
    assert steps == [step for step in stored if steps[0] <= step <= steps[-1]]
