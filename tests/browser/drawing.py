"""Digits drawn with real pointer events on the Draw page."""

from playwright.sync_api import FloatRect, Page

from mnistlab.core.drawing.strokes import CANVAS
from tests.browser.conftest import settle
from tests.factories import DIGITS

PAD = ".st-key-canvas svg"
PLACES = {"large in the middle": (40, 40, 200), "small in a corner": (190, 15, 75)}
"""The corner and the size of a digit's box, in the pad's own coordinates."""

SEEN = "document.querySelector('.lab-eyes img')?.getAttribute('src') ?? ''"


def open_pad(page: Page) -> None:
    """Wait until the Draw page has its pad, and what comes late moves it no more."""
    pad = page.locator(PAD)
    pad.wait_for()
    settle(page)
    before = None
    while before != (before := pad.bounding_box()):
        page.wait_for_timeout(300)


def draw(page: Page, digit: int, x: float, y: float, size: float) -> None:
    """Draw a digit, its box's corner at (x, y) of the pad.

    Each stroke is answered by itself, and the next one waits for that.
    """
    for stroke in DIGITS[digit]:
        before = page.evaluate(SEEN)
        follow(page, [(x + size * right / 100, y + size * down / 100) for right, down in stroke])
        page.wait_for_function(f"(before) => ({SEEN}) !== before", arg=before)


def follow(page: Page, points: list[tuple[float, float]]) -> None:
    """Lead the mouse along a stroke in the pad's coordinates, from pressing to letting go."""
    box = measure(page)
    scale = box["width"] / CANVAS
    places = [(box["x"] + scale * x, box["y"] + scale * y) for x, y in points]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=2)
    page.mouse.up()


def measure(page: Page) -> FloatRect:
    """Return where the pad is."""
    box = page.locator(PAD).bounding_box()
    assert box is not None
    return box


def clear(page: Page) -> None:
    """Leave an empty pad, for a lab keeps what was last drawn."""
    page.click(".st-key-canvas .clear")
    page.wait_for_selector("[data-prediction]", state="detached")
    page.wait_for_selector(f"{PAD} path", state="detached")
    settle(page)
