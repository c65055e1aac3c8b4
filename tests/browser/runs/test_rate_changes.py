"""The learning rate, changed in a browser while a run is trained."""

import dataclasses
from urllib.parse import unquote

from playwright.sync_api import Page

from mnistlab.store import RunStore
from tests.browser.conftest import (
    LAPTOP,
    Server,
    Visit,
    open_popover,
    press_stop,
    press_train,
    read_query,
)
from tests.browser.watching import END_WATCH, LINE, WATCH_CHART, wait_until_nothing_is_to_come
from tests.factories import LONG, wait_until

STEADY = dataclasses.replace(LONG, schedule="constant", learning_rate=0.004)
CONTROL = ".st-key-rate_control button"
FIELD = "[data-testid=stPopoverBody] input"
MOST_ABOVE_A_NUMBER = 180
FINGER = 44

TOO_SMALL = """
(least) => [...document.querySelectorAll('[data-testid=stPopoverBody] :is(button, input)')]
  .filter((each) => each.checkVisibility() && each.getBoundingClientRect().height < least)
  .map((each) => each.textContent || each.tagName)
"""


def rules(page: Page, panel: str) -> int:
    """Count the marks of rate changes in a chart."""
    return page.locator(
        f".st-key-{panel}_panel svg.marks .mark-rule line[stroke-dasharray]"
    ).count()


def change_to(page: Page, text: str) -> None:
    page.fill(FIELD, text)
    page.click(".st-key-change_rate button")


def test_a_change_shows_in_the_charts_and_stays_in_the_run_s_link(
    server: Server, store: RunStore, visit: Visit
) -> None:
    page = visit(server.link(**STEADY.to_query()))
    run = press_train(page)
    page.wait_for_selector(LINE)
    wait_until_nothing_is_to_come(page)
    open_popover(page, f"{CONTROL}:enabled")
    assert page.input_value(FIELD) == "0.004"
    page.evaluate(WATCH_CHART)
    page.click(".st-key-halve_rate button")
    page.wait_for_selector(f"{CONTROL}:has-text('Learning rate 0.002')")
    change_to(page, "lots")
    page.wait_for_selector("text=Learning rate can't be “lots”: it must be a number from")
    change_to(page, "0,01")
    page.wait_for_selector(f"{CONTROL}:has-text('Learning rate 0.01')")
    wait_until(lambda: rules(page, "loss") == rules(page, "accuracy") == 2, "Both marks")
    assert {"LR 0.002", "LR 0.01"} <= set(
        page.locator(".st-key-loss_panel text").all_text_contents()
    )
    seen = page.evaluate(END_WATCH)
    assert (seen["same"], seen["places"]) == (True, 1), "nothing moved"
    page.keyboard.press("Escape")
    press_stop(page)
    record = store.run(run)
    assert [change.learning_rate for change in record.config.rate_changes] == [0.002, 0.01]
    link = open_popover(page, ".st-key-share_panel button").locator("code").nth(1).inner_text()
    page = visit(link)
    page.wait_for_selector("text=Changes on the way: 0.002 from step")
    made = record.config.to_query()["rate_changes"]
    assert unquote(read_query(page, "rate_changes")) == made


def test_the_control_is_for_fingers_and_hides_no_number_of_a_phone(
    server: Server, visit: Visit
) -> None:
    page = visit(server.link(**STEADY.to_query()))
    press_train(page)
    page.wait_for_selector(LINE)
    for width in (390, 360):
        page.set_viewport_size({"width": width, "height": 844})
        button = page.locator(f"{CONTROL}:enabled")
        open_popover(page, f"{CONTROL}:enabled")
        assert page.evaluate(TOO_SMALL, FINGER) == []
        page.keyboard.press("Escape")
        box, numbers = button.bounding_box(), page.locator(".lab-stats").bounding_box()
        assert box is not None
        assert numbers is not None
        assert min(box["width"], box["height"]) >= FINGER
        assert numbers["y"] <= MOST_ABOVE_A_NUMBER
    page.set_viewport_size(LAPTOP)
    press_stop(page)
