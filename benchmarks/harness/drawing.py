"""A digit that is drawn on the Draw page of a real browser."""

import time

from playwright.sync_api import Page

_MS_FOR_CANVAS = 1000.0
"""From its element on the page until it takes strokes, with a good margin."""


def draw_one(page: Page) -> float:
    """Draw the digit 1; return the seconds from pen-up until the network has read it."""
    page.click("header >> text=Draw")
    page.wait_for_selector(".st-key-canvas svg")
    page.wait_for_timeout(_MS_FOR_CANVAS)
    box = page.locator(".st-key-canvas svg").bounding_box()
    assert box is not None  # it is in view
    middle = box["x"] + box["width"] / 2
    page.mouse.move(middle, box["y"] + 0.2 * box["height"])
    page.mouse.down()
    page.mouse.move(middle, box["y"] + 0.8 * box["height"], steps=8)
    page.mouse.up()
    began = time.monotonic()
    page.wait_for_selector("[data-prediction]")
    return time.monotonic() - began
