"""Digits drawn with real pointer events on the Draw page."""

from playwright.sync_api import Page

from tests.browser.conftest import settle
from tests.factories import DIGITS, wait_until

PLACES = {"large in the middle": (40, 40, 200), "small in a corner": (190, 15, 75)}
"""The corner and the size of a digit's box, in pixels of the pad."""

IS_BLANK = """(pad) => {
  const pixels = pad.getContext('2d').getImageData(0, 0, pad.width, pad.height).data
  return new Set(new Uint32Array(pixels.buffer)).size === 1
}"""
IS_ANSWERED = """(before) => {
  const image = document.querySelector('img.lab-digit')
  return image && image.getAttribute('src') !== before
}"""


def open_pad(page: Page) -> None:
    """Wait until the Draw page has its pad, and what comes late moves it no more."""
    pad = page.locator("canvas.upper-canvas")
    pad.wait_for()
    settle(page)
    before = None
    while before != (before := pad.bounding_box()):
        page.wait_for_timeout(300)


def draw(page: Page, digit: int, x: float, y: float, size: float) -> None:
    """Draw a digit, its box's corner at (x, y) of the pad.

    Each stroke is answered by itself, and the next one waits for that.
    """
    box = page.locator("canvas.upper-canvas").bounding_box()
    assert box is not None
    for stroke in DIGITS[digit]:
        points = [
            (box["x"] + x + size * across / 100, box["y"] + y + size * down / 100)
            for across, down in stroke
        ]
        before = page.get_attribute("img.lab-digit", "src")
        page.mouse.move(*points[0])
        page.mouse.down()
        for point in points[1:]:
            page.mouse.move(*point, steps=2)
        page.mouse.up()
        page.wait_for_function(IS_ANSWERED, arg=before)


def clear(page: Page) -> None:
    """Leave an empty pad, for a lab keeps what was last drawn."""
    page.click(".st-key-clear button")
    page.wait_for_selector("[data-prediction]", state="detached")
    wait_until_blank(page)


def wait_until_blank(page: Page) -> None:
    """Wait for an empty pad, ready for the next digit."""
    pad = page.locator("canvas.dc-canvas.lower-canvas")
    wait_until(lambda: bool(pad.evaluate(IS_BLANK)), "A blank pad")
    settle(page)
