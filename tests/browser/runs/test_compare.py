"""The Compare page in a browser: lines and bands, links, and a run that goes on."""

import dataclasses

from playwright.sync_api import Page

from mnistlab.core.run import RunStatus
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.events import EpochPoint, StepPoint
from mnistlab.core.training.history import History
from mnistlab.store import RunStore, this_owner
from tests.browser.conftest import (
    Server,
    Visit,
    open_popover,
    press_stop,
    press_train,
    read_query,
    settle,
)
from tests.factories import LONG

CHART = ".st-key-comparison_panel svg.marks"
NAME = "<img src=x onerror=alert(1)> **x** :red[x] $x$ [x](http://x)"

WATCH = """
() => {
  window.chart = document.querySelector('.st-key-comparison_panel svg.marks')
  window.places = new Set()
  window.lengths = new Set()
  window.watch = setInterval(() => {
    const places = ['.st-key-comparison_panel', '.lab-ranking']
      .map((name) => document.querySelector(name).getBoundingClientRect())
    window.places.add(places.map((box) => [box.x, box.y, box.width, box.height]).join())
    const lines = [...window.chart.querySelectorAll('.mark-line path')]
    window.lengths.add(lines.map((line) => line.getAttribute('d')).join())
  }, 50)
}
"""
END_WATCH = """
() => {
  clearInterval(window.watch)
  return {
    same: window.chart === document.querySelector('.st-key-comparison_panel svg.marks'),
    places: [...window.places],
  }
}
"""


def put(store: RunStore, lab: str, config: RunConfig, loss: float) -> str:
    """Put a run of two epochs into the store, as one that has ended."""
    record = store.create_run(lab, config, NAME, this_owner())
    last = config.steps_per_epoch

    def accuracy(epoch: int) -> float:
        return 0.95 - 0.1 * min(loss, 1.0) / (1 + epoch)

    history = History(
        [StepPoint(e * last, e, loss / e, 0.8 + 0.05 * e, 0.001, 2.0 * e) for e in (1, 2)],
        [EpochPoint(e, e * last, 1, 0.9, loss / (1 + e), accuracy(e), 2.0) for e in (0, 1, 2)],
    )
    store.save_history(record.id, history, attempt=1)
    store.mark(record.id, RunStatus.FINISHED, attempt=1)
    return record.id


def put_four(store: RunStore, lab: str) -> str:
    """Put three seeds of one config and another run into a lab; return their ids."""
    seeds = [put(store, lab, RunConfig(seed=n), 0.2 + n / 10) for n in range(3)]
    return ",".join([*seeds, put(store, lab, RunConfig(dropout=0.1), 0.1)])


def count(page: Page, mark: str) -> int:
    return page.locator(f"{CHART} .mark-{mark} path[d]:visible").count()


def test_a_link_shows_another_labs_lines_and_bands(
    server: Server, visit: Visit, store: RunStore
) -> None:
    ids = put_four(store, store.create_lab())
    page = visit(server.link("compare", compare=ids))
    page.wait_for_selector(f"{CHART} .mark-area path")
    page.wait_for_selector(".lab-ranking tbody tr >> nth=1")
    assert count(page, "area") == 1
    assert count(page, "line") == 4  # training and validation of a group and of a run
    assert page.locator(".lab-ranking tbody tr").count() == 2
    assert "(3 seeds)" in page.inner_text(".lab-ranking")
    names = page.locator(f"{CHART} .mark-text text").all_text_contents()
    assert any("(3 seeds)" in name or "…" in name for name in names)
    assert read_query(page, "compare").replace("%2C", ",") == ids
    page.reload()
    page.wait_for_selector(f"{CHART} .mark-area path")


def test_a_name_is_text_in_every_part(server: Server, visit: Visit, store: RunStore) -> None:
    lab = store.create_lab()
    page = visit(server.link("compare", lab=lab, compare=put_four(store, lab)))
    page.wait_for_selector(".lab-ranking tbody tr")
    assert NAME in page.inner_text(".lab-ranking")
    settle(page)
    open_popover(page, ".st-key-choose_runs button")
    tag = page.locator(".st-key-compared_runs [data-tag]").first
    assert tag.inner_text().startswith(NAME)
    tag.locator("button").click()
    page.wait_for_selector(".lab-ranking >> text=(2 seeds)")
    settle(page)
    page.click(".st-key-compared_runs input")
    page.wait_for_selector("[role=option]")
    assert page.locator("[role=option]").first.inner_text().startswith(NAME)
    main = page.locator("[data-testid=stMain]")
    assert main.locator("img[src=x], .katex, a[href='http://x'], strong:text-is('x')").count() == 0


def test_a_row_is_pressed_by_mouse_and_by_keyboard(
    server: Server, visit: Visit, store: RunStore
) -> None:
    lab = store.create_lab()
    page = visit(server.link("compare", lab=lab, compare=put_four(store, lab)))
    page.wait_for_selector(f"{CHART} .mark-line path")
    page.wait_for_selector(".lab-ranking tbody tr")
    settle(page)
    page.evaluate(WATCH)
    page.click(".lab-ranking tbody tr >> nth=0")
    page.wait_for_selector(f"{CHART} .mark-line path[opacity='0.25']")
    button = page.locator(".lab-ranking button >> nth=0")
    assert button.get_attribute("aria-pressed") == "true"
    button.press("Enter")
    page.wait_for_selector(f"{CHART} .mark-line path[opacity='0.25']", state="detached")
    assert button.get_attribute("aria-pressed") == "false"
    assert button.evaluate("button => button === document.activeElement")
    seen = page.evaluate(END_WATCH)
    assert seen["same"]
    assert len(seen["places"]) == 1, seen["places"]


def test_a_choice_makes_one_step_that_back_undoes(
    server: Server, visit_anew: Visit, store: RunStore
) -> None:
    lab = store.create_lab()
    for dropout in (0.1, 0.2):
        put(store, lab, RunConfig(dropout=dropout), 0.1)
    page = visit_anew(server.link("train", lab=lab))
    page.wait_for_selector(".st-key-train")
    page.click("header >> text=Compare")
    page.wait_for_selector(f"{CHART} .mark-line path")
    steps = page.evaluate("history.length")
    open_popover(page, ".st-key-choose_runs button")
    page.click(".st-key-compared_runs [data-tag] button >> nth=0")
    page.wait_for_selector("text=A single run can't be compared")
    page.wait_for_function("() => location.search.includes('compare=')")
    assert page.evaluate("history.length") == steps + 1
    page.go_back()
    page.wait_for_selector("text=A single run can't be compared", state="detached")
    page.go_back()
    page.wait_for_selector(".st-key-train")


def test_a_run_that_goes_on_grows_in_place_while_nothing_moves(
    server: Server, visit: Visit, store: RunStore
) -> None:
    lab = store.create_lab()
    put(store, lab, dataclasses.replace(LONG, dropout=0.0), 0.1)
    page = visit(server.link(lab=lab, **LONG.to_query()))
    press_train(page)
    page.wait_for_selector(".st-key-loss_panel svg.marks .mark-line path")
    page.click("header >> text=Compare")
    page.wait_for_selector(f"{CHART} .mark-line path")
    page.wait_for_selector(".lab-ranking tbody tr")
    # Until its first epoch has ended, its row says so in words, which then make room.
    page.wait_for_selector("text=No epoch finished yet", state="detached")
    settle(page)
    page.evaluate(WATCH)
    page.wait_for_function("() => window.lengths.size > 1")
    seen = page.evaluate(END_WATCH)
    page.click("header >> text=Train")
    press_stop(page)
    assert seen["same"]
    assert len(seen["places"]) == 1, seen["places"]
