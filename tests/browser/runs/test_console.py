"""The browser's console, in which Streamlit, Vega and the browser itself complain."""

import dataclasses
import re

from playwright.sync_api import ConsoleMessage, Page

from tests.browser.conftest import (
    Server,
    Visit,
    open_page,
    press_train,
    read_query,
    settle,
    wait_for_status,
)
from tests.browser.drawing import PLACES, draw, open_pad
from tests.browser.test_pages import FIRST_SIGN
from tests.factories import SMALL

# At a page's own address Streamlit (1.67) first looks for its server below that page, and the
# browser notes that there is none: nothing that a page could help.
_LOOKS_FOR_SERVER = re.compile(rf"/({'|'.join(FIRST_SIGN)})/_stcore/(health|host-config)$")

OTHER = dataclasses.replace(SMALL, units=(16,))
CHART = "svg.marks"


def complaints(page: Page) -> list[str]:
    """Return a list that what is wrong with a page is added to from now on."""
    found: list[str] = []

    def note(message: ConsoleMessage) -> None:
        is_probe = _LOOKS_FOR_SERVER.search(message.location.get("url", ""))
        if message.type in ("warning", "error") and not is_probe:
            found.append(f"{page.url}: {message.text}")

    page.on("console", note)
    page.on("pageerror", lambda error: found.append(f"{page.url}: {error}"))
    return found


def test_stays_empty_where_nothing_was_trained(server: Server, visit_anew: Visit) -> None:
    page = visit_anew("about:blank")
    said = complaints(page)
    for page_name, sign in FIRST_SIGN.items():
        page.goto(server.link(page_name))
        page.wait_for_selector(sign)
        settle(page)
    assert said == []


def test_stays_empty_during_and_after_a_training(server: Server, visit_anew: Visit) -> None:
    page = visit_anew("about:blank")
    said = complaints(page)
    page.goto(server.link(**SMALL.to_query()))
    press_train(page)
    wait_for_status(page, "running", "finished")
    wait_for_status(page, "finished")
    for name in ("loss", "accuracy"):
        page.wait_for_selector(f".st-key-{name}_panel {CHART}")
    page.click(".st-key-whole_range label")
    page.click(".st-key-inside label")
    page.wait_for_selector(f".st-key-inside_panel {CHART}")
    settle(page)
    page.goto(server.link(lab=read_query(page, "lab"), **OTHER.to_query()))
    press_train(page)
    open_page(page, "compare")
    page.wait_for_selector(f".st-key-comparison_panel {CHART}")
    for choice in ("Loss", "Step", "Time"):
        page.click(f"[data-testid=stMain] button:has-text('{choice}')")
        settle(page)
    open_page(page, "mistakes")
    page.click(".st-key-confusion_matrix td button >> nth=1")
    page.wait_for_selector(".st-key-all_mistakes")
    open_page(page, "draw")
    open_pad(page)
    draw(page, 3, *PLACES["large in the middle"])
    page.wait_for_selector("[data-prediction]")
    open_page(page, "experiments")
    page.click(f"{FIRST_SIGN['experiments']} button")
    settle(page)
    assert said == []


def test_stays_empty_during_and_after_a_range_test(server: Server, visit_anew: Visit) -> None:
    page = visit_anew("about:blank")
    said = complaints(page)
    page.goto(server.link("rate", **SMALL.to_query()))
    page.wait_for_selector(FIRST_SIGN["rate"])
    settle(page)
    page.click(f"{FIRST_SIGN['rate']} button")
    page.wait_for_selector(f".st-key-range_panel {CHART}")
    page.wait_for_selector(".st-key-check_rate button")
    settle(page)
    assert said == []
