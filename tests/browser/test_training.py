"""A training as it is watched: in the page, over reloads, in a second tab."""

import dataclasses
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from mnistlab.store import open_store
from tests.browser.conftest import (
    Server,
    Visit,
    new_tab,
    open_link,
    open_popover,
    press_stop,
    press_train,
    read_query,
    settle,
    wait_for_status,
)
from tests.browser.watching import END_WATCH, LINE, WATCH_CHART, wait_until_nothing_is_to_come
from tests.factories import LONG, SMALL

WATCH_FOR_MOVEMENT = """
() => new Promise((resolve) => {
  const moving = new Set()
  const watch = setInterval(() => document.getAnimations().forEach((each) =>
    moving.add(each.animationName ?? each.transitionProperty)), 20)
  setTimeout(() => { clearInterval(watch); resolve([...moving]) }, 3000)
})
"""


@pytest.fixture(scope="class")
def watched(server: Server, shared_page: Page) -> Iterator[Page]:
    """The Train page of a run that goes on, whose curve has begun."""
    with new_tab(shared_page) as page:
        open_link(page, server.link(**LONG.to_query()))
        press_train(page)
        page.wait_for_selector(LINE)
        wait_until_nothing_is_to_come(page)
        yield page
        press_stop(page)


class TestAWatchedRun:
    def test_the_chart_grows_in_place_while_nothing_moves(self, watched: Page) -> None:
        watched.evaluate(WATCH_CHART)
        watched.wait_for_function("() => window.lengths.size > 3")
        seen = watched.evaluate(END_WATCH)
        assert seen["same"]
        assert seen["places"] == 1

    def test_nothing_on_a_page_that_watches_moves_by_itself(self, watched: Page) -> None:
        """Sixty frames a second of it would be taken from the training's cores."""
        watched.wait_for_function("() => document.getAnimations().length === 0")
        assert watched.evaluate(WATCH_FOR_MOVEMENT) == []


def test_a_run_in_trouble_says_why_and_shows_it_layer_by_layer(
    server: Server, visit: Visit
) -> None:
    config = dataclasses.replace(SMALL, initialisation="zeros", hidden_layers=2, epochs=4)
    page = visit(server.link(**config.to_query()))
    press_train(page)
    wait_for_status(page, "finished")
    page.wait_for_selector("[data-verdict=trouble] >> text=At chance level")
    page.wait_for_selector("[data-verdict=trouble] >> text=Duplicate units")
    page.click("text=Look inside the network")
    page.click("button:has-text('Duplicate units')")
    # A line for each hidden layer: the last one has no units of its own.
    page.wait_for_function(
        "() => document.querySelectorAll('.st-key-inside_panel svg.marks .mark-line path')"
        ".length === 2"
    )


def test_a_run_is_there_after_reload_page_change_back_and_in_a_second_tab(
    server: Server, visit_anew: Visit
) -> None:
    page = visit_anew(server.link(**LONG.to_query()))
    run = press_train(page)
    wait_for_status(page, "running")
    page.reload()
    wait_for_status(page, "running")
    steps = page.evaluate("history.length")
    page.click("header >> text=Mistakes")
    page.wait_for_selector("h1:has-text('Mistakes')")
    page.wait_for_function("() => location.search.includes('run=')")
    assert page.evaluate("history.length") == steps + 1  # or Back would lead to the same page
    page.go_back()
    wait_for_status(page, "running")
    assert read_query(page, "run") == run
    second = visit_anew(page.url)
    wait_for_status(second, "running")
    press_stop(second)
    wait_for_status(page, "stopped")


def test_stop_keeps_what_there_is_and_continue_goes_on(server: Server, visit: Visit) -> None:
    config = dataclasses.replace(SMALL, training_images=50_000, epochs=200)
    page = visit(server.link(**config.to_query()))
    run = press_train(page)
    page.wait_for_selector(LINE)  # or there would be nothing to keep
    press_stop(page)
    store = open_store(server.home).store
    before = store.history(run)
    page.locator(".st-key-ticker_run").wait_for(state="detached")  # nothing comes any more
    field = open_popover(page, ".st-key-continue_panel button").locator("input")
    field.fill(str(before.epochs_done + 2))
    field.press("Enter")
    settle(page)
    page.click(".st-key-continue button")
    wait_for_status(page, "finished")
    after = store.history(run)
    store.close()
    assert after.up_to(before.steps[-1].step) == before
    assert after.epochs_done == before.epochs_done + 2
