"""The Draw page as it is laid out: the answer in one view, and nothing moves when it comes."""

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Server, Visit, settle
from tests.browser.drawing import PLACES, clear, draw, open_pad

FIRST_VIEW = (".st-key-pad", ".lab-answer", ".lab-bars", ".lab-eyes >> nth=0")
BELOW = (".lab-bars", ".lab-nearest", ".lab-eyes >> nth=1")


def open_draw(server: Server, visit: Visit, reader: str, width: int, height: int) -> Page:
    page = visit(f"{server.url}/draw?{reader}")
    page.set_viewport_size({"width": width, "height": height})
    page.wait_for_selector(".lab-nearest li >> nth=7")
    open_pad(page)
    return page


def edges(page: Page, selector: str) -> tuple[float, float]:
    """Return where an element begins and ends downwards."""
    box = page.locator(selector).first.bounding_box()
    assert box is not None
    return box["y"], box["y"] + box["height"]


def test_canvas_answer_and_what_is_seen_fit_a_laptops_screen(
    server: Server, visit: Visit, reader: str
) -> None:
    page = open_draw(server, visit, reader, 1280, 800)
    draw(page, 3, *PLACES["large in the middle"])
    page.wait_for_selector("[data-prediction='3']")
    for selector in FIRST_VIEW:
        top, bottom = edges(page, selector)
        assert top > 0
        assert bottom < 800, selector
    clear(page)


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_moves_when_the_answer_comes(
    server: Server, visit: Visit, reader: str, width: int
) -> None:
    page = open_draw(server, visit, reader, width, 844)
    before = [edges(page, selector)[0] for selector in BELOW]
    draw(page, 3, *PLACES["large in the middle"])
    page.wait_for_selector("text=Evidence for 3 over")
    settle(page)
    after = [edges(page, selector)[0] for selector in BELOW]
    clear(page)
    assert after == pytest.approx(before, abs=1)
