"""A training as it is watched: in the page, over reloads, in a second tab."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from mnistlab.core.run import RunStatus
from mnistlab.core.settings.config import RunConfig
from mnistlab.store import open_store
from tests.browser.conftest import (
    NO_CLUSTER,
    Server,
    Visit,
    new_tab,
    open_link,
    open_popover,
    press_stop,
    press_train,
    read_query,
    serve,
    settle,
    wait_for_status,
)
from tests.factories import LONG, SECONDS, SMALL

LINE = ".st-key-loss_panel svg.marks .mark-line path"
OVERFITTING = RunConfig(
    hidden_layers=1,
    units=(512,),
    optimizer="adam",
    learning_rate=0.0005,
    batch_size=5,
    dropout=0.0,
    weight_decay=0.0,
    schedule="constant",
    epochs=100,
    training_images=2_000,
)
"""Begins to learn its training images by heart after a few epochs of half a second."""

WATCH_CHART = """
() => {
  window.chart = document.querySelector('.st-key-loss_panel svg.marks')
  window.places = new Set()
  window.lengths = new Set()
  window.watch = setInterval(() => {
    const places = ['.st-key-loss_panel', '.st-key-stop', '.st-key-train', '.st-key-runs']
      .map((name) => document.querySelector(name).getBoundingClientRect())
    window.places.add(places.map((box) => [box.x, box.y, box.width, box.height]).join())
    const line = window.chart.querySelector('.mark-line path')
    window.lengths.add(line?.getAttribute('d'))
  }, 50)
}
"""
END_WATCH = """
() => {
  clearInterval(window.watch)
  return {
    same: window.chart === document.querySelector('.st-key-loss_panel svg.marks'),
    places: window.places.size,
  }
}
"""
WATCH_FOR_MOVEMENT = """
() => new Promise((resolve) => {
  const moving = new Set()
  const watch = setInterval(() => document.getAnimations().forEach((each) =>
    moving.add(each.animationName ?? each.transitionProperty)), 20)
  setTimeout(() => { clearInterval(watch); resolve([...moving]) }, 3000)
})
"""
# In one frame: some epochs later accuracy may well be shaded too.
ONLY_LOSS_IS_SHADED = """
() => {
  const shaded = (name) => document.querySelector(`.st-key-${name}_panel svg.marks .mark-rect path`)
  return shaded('loss') && !shaded('accuracy')
}
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


def wait_until_nothing_is_to_come(page: Page) -> None:
    """Wait for the list of runs, which comes late, or its coming would be seen as a move."""
    page.wait_for_selector(".st-key-runs canvas")
    settle(page)


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


def test_overfitting_is_told_and_shaded_while_it_happens(server: Server, visit: Visit) -> None:
    page = visit(server.link(**OVERFITTING.to_query()))
    page.set_default_timeout(4 * SECONDS * 1000)  # it takes many epochs
    press_train(page)
    page.wait_for_selector(LINE)
    wait_until_nothing_is_to_come(page)
    page.evaluate(WATCH_CHART)
    page.wait_for_selector("[data-verdict=began] >> text=Overfitting, by loss")
    page.wait_for_function(ONLY_LOSS_IS_SHADED)
    seen = page.evaluate(END_WATCH)
    assert (seen["same"], seen["places"]) == (True, 1)
    # It may be told of one epoch and not of the next, so that it is looked for before the end.
    page.wait_for_selector("[data-about=convergence] >> text=Past its best")
    press_stop(page)
    page.click("text=How this is judged")
    page.wait_for_selector("text=a paired test")


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


def test_the_same_link_in_another_lab_gives_the_same_run(server: Server, visit: Visit) -> None:
    runs = []
    for _ in range(2):
        page = visit(server.link(**SMALL.to_query()))
        runs.append(press_train(page))
        wait_for_status(page, "finished")
    store = open_store(server.home).store
    first, second = (store.history(run) for run in runs)
    store.close()
    assert first == second
    assert runs[0] != runs[1]


# What the page shows is written down a moment later: by the second epoch the first one is.
SECOND_EPOCH = r"""() =>
  Number(document.querySelector('.lab-status')?.textContent.match(/epoch (\d+)/)?.[1]) >= 2
"""


def test_a_killed_server_leaves_finished_runs_and_a_label(visit: Visit, tmp_path: Path) -> None:
    with serve(tmp_path) as server:
        page = visit(server.link(**SMALL.to_query()))
        finished = press_train(page)
        wait_for_status(page, "finished")
        lab = read_query(page, "lab")
        config = dataclasses.replace(LONG, training_images=10_000, epochs=200)
        page = visit(server.link(lab=lab, **config.to_query()))
        cut_short = press_train(page)
        page.wait_for_function(SECOND_EPOCH)
        server.process.kill()
    with serve(server.home, NO_CLUSTER) as again:
        page = visit(again.link(lab=lab, run=finished))
        wait_for_status(page, "finished")
        page = visit(again.link(lab=lab, run=cut_short))
        wait_for_status(page, "interrupted")
        page.wait_for_selector(LINE)
        page.wait_for_selector(".st-key-run_again button")
    store = open_store(server.home).store
    assert store.run(cut_short).status is RunStatus.INTERRUPTED
    assert store.history(cut_short).steps
    store.close()
