"""The Draw page as it is laid out: pad and answer in one view, and nothing moves when it comes."""

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Server, Visit, settle
from tests.browser.drawing import PAD, PLACES, clear, draw, measure, open_pad

WINDOWS = ((360, 740), (390, 844), (768, 1024), (1280, 800), (1366, 768), (1920, 1080))
PADS = {360: 328, 390: 358, 1280: 400, 1920: 560}
"""The pad's side by the window's width."""

IN_PLACE = (PAD, ".lab-bars", ".st-key-label_buttons", ".st-key-draw_why")

WATCH_SHIFTS = """() => {
  window.shifted = 0
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) window.shifted += entry.value
  }).observe({type: "layout-shift"})
}"""
"""Also those that follow a press, which the browser's own score leaves out."""


def open_draw(server: Server, visit: Visit, reader: str, window: tuple[int, int]) -> Page:
    page = visit(f"{server.url}/draw?{reader}")
    page.set_viewport_size({"width": window[0], "height": window[1]})
    page.wait_for_selector("text=Once there is a digit")
    open_pad(page)
    return page


def edges(page: Page, selector: str) -> tuple[float, float]:
    """Return where an element begins and ends downwards."""
    box = page.locator(selector).first.bounding_box()
    assert box is not None
    return box["y"], box["y"] + box["height"]


@pytest.mark.parametrize("window", WINDOWS, ids=lambda window: str(window[0]))
def test_pad_and_answer_are_in_one_view_and_nothing_moves_when_it_comes(
    server: Server, visit: Visit, reader: str, window: tuple[int, int]
) -> None:
    page = open_draw(server, visit, reader, window)
    before = [edges(page, selector)[0] for selector in IN_PLACE]
    page.evaluate(WATCH_SHIFTS)
    draw(page, 3, *PLACES["large in the middle"])
    page.wait_for_selector("text=Evidence for 3 over")
    settle(page)
    after = [edges(page, selector)[0] for selector in IN_PLACE]
    for selector in (PAD, ".lab-answer"):
        top, bottom = edges(page, selector)
        assert top > 0
        assert bottom < window[1], selector
    width = measure(page)["width"]
    shifted = page.evaluate("window.shifted")
    clear(page)
    # On a phone the page goes on below the bars, and what explains the answer comes there.
    fixed = IN_PLACE if window[0] > 640 else IN_PLACE[:-1]
    assert after[: len(fixed)] == pytest.approx(before[: len(fixed)], abs=1)
    assert shifted <= 0.02
    assert width == pytest.approx(PADS.get(window[0], width), abs=2)


def test_canvas_answer_and_what_is_seen_fit_a_laptops_screen(
    server: Server, visit: Visit, reader: str
) -> None:
    page = open_draw(server, visit, reader, (1280, 800))
    draw(page, 3, *PLACES["large in the middle"])
    page.wait_for_selector("[data-prediction='3']")
    for selector in (".st-key-pad", ".lab-answer", ".lab-bars", ".lab-eyes", ".st-key-label"):
        top, bottom = edges(page, selector)
        assert top > 0
        assert bottom < 800, selector
    clear(page)
