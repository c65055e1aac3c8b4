"""Whether what is there stays where it is, by the browser's own measure."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from mnistlab.core.experiments.registry import EXPERIMENTS
from mnistlab.core.run import RunStatus
from tests.browser.conftest import Server, press_train, settle, wait_for_status
from tests.browser.drawing import PLACES, draw, open_pad
from tests.browser.look.audit import rest
from tests.browser.look.material import NETWORK, Material, put, put_copy
from tests.browser.look.states import HEIGHTS
from tests.browser.look.walk import Tabs
from tests.factories import outcome

MOST = 0.02
EXPERIMENT = EXPERIMENTS["luck"]

# What comes within half a second of a press is expected, and is not counted.
NOTE_SHIFTS = """() => {
  window.shifts = []
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries())
      if (!entry.hadRecentInput)
        window.shifts.push([entry.value, ...entry.sources.map(({ node, previousRect, currentRect }) =>
          `${node?.className || node?.nodeName}: ${previousRect.y} → ${currentRect.y}`)])
  }).observe({ type: 'layout-shift', buffered: true })
}"""


@pytest.fixture(params=[1280, 390])
def page(request: pytest.FixtureRequest, tabs: Tabs) -> Iterator[Page]:
    width = request.param
    tabs.light.set_viewport_size({"width": width, "height": HEIGHTS[width]})
    yield tabs.light
    tabs.light.goto("about:blank")


def assert_stood_still(page: Page) -> None:
    rest(page)
    shifts = page.evaluate("window.shifts")
    assert sum(value for value, *_ in shifts) <= MOST, shifts


def test_nothing_moves_over_a_whole_run(server: Server, page: Page) -> None:
    page.goto(server.link(**NETWORK.to_query()))
    page.evaluate(NOTE_SHIFTS)
    press_train(page)
    wait_for_status(page, "finished")
    assert_stood_still(page)


def test_nothing_moves_while_a_digit_is_drawn(
    server: Server, page: Page, material: Material
) -> None:
    lab = material.store.create_lab()
    put_copy(material.store, lab, material.network)
    page.goto(server.link("draw", lab=lab))
    page.evaluate(NOTE_SHIFTS)
    open_pad(page)
    draw(page, 3, *PLACES["large in the middle"])
    page.wait_for_selector("[data-prediction]")
    page.wait_for_selector("text=Evidence for")
    assert_stood_still(page)


def test_nothing_moves_over_an_experiment(server: Server, page: Page, material: Material) -> None:
    lab = material.store.create_lab()
    for arm in EXPERIMENT.arms[1:]:
        history = outcome(arm.label, arm.config, 0.95).history
        put(material.store, lab, arm.config, history, RunStatus.FINISHED, arm.label)
    page.goto(server.link("experiments", lab=lab, experiment="luck"))
    page.evaluate(NOTE_SHIFTS)
    page.wait_for_selector("text=What do you predict?")
    settle(page)
    page.click(".st-key-guess_luck button >> nth=0")
    page.click(".st-key-run_experiment button")
    page.wait_for_selector("text=What this shows")
    assert_stood_still(page)
