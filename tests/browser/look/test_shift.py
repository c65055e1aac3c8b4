"""Whether what is there stays where it is, by the browser's own measure."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from mnistlab.core.experiments.registry import EXPERIMENTS
from tests.browser.conftest import Server, press_train, settle, wait_for_status
from tests.browser.drawing import PLACES, draw, open_pad
from tests.browser.look.audit import rest
from tests.browser.look.material import NETWORK, Curves, Material, put, put_copy
from tests.browser.look.states import HEIGHTS
from tests.browser.look.walk import Tabs
from tests.factories import outcome

MOST = 0.02
EXPERIMENT = EXPERIMENTS["luck"]

# What comes within half a second of a press is expected, and is not counted. On a busy machine an
# answer comes later, so that a press whose answer moves something is waited for before.
NOTE_SHIFTS = """() => {
  const key = (node) => (node?.parentElement?.closest('[class*=st-key-]') ?? node)?.className
  const name = ({ node, previousRect: before, currentRect: now }) =>
    `${key(node)} > ${node?.className || node?.nodeName}: ${before.y} + ${before.height} → ${now.y}`
  window.shifts = []
  new PerformanceObserver((list) => list.getEntries()
    .filter((entry) => !entry.hadRecentInput)
    .forEach((entry) => window.shifts.push([entry.value, ...entry.sources.map(name)]))
  ).observe({ type: 'layout-shift' })
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
    assert sum(value for value, *_ in shifts) <= MOST, "\n".join(map(str, shifts))


def test_nothing_moves_over_a_whole_run(server: Server, page: Page) -> None:
    page.goto(server.link(**NETWORK.to_query()))
    press_train(page)
    settle(page)  # by then all has come that the press brings
    page.evaluate(NOTE_SHIFTS)
    wait_for_status(page, "finished")
    assert_stood_still(page)


def test_nothing_moves_while_a_digit_is_drawn(
    server: Server, page: Page, material: Material
) -> None:
    lab = material.store.create_lab()
    put_copy(material.store, lab, material.network)
    page.goto(server.link("draw", lab=lab))
    open_pad(page)
    rest(page)
    page.evaluate(NOTE_SHIFTS)
    draw(page, 3, *PLACES["large in the middle"])
    page.wait_for_selector("[data-prediction]")
    page.wait_for_selector("text=Evidence for")
    assert_stood_still(page)


def test_nothing_moves_over_an_experiment(server: Server, page: Page, material: Material) -> None:
    lab = material.store.create_lab()
    for arm in EXPERIMENT.arms[1:]:
        history = outcome(arm.label, arm.config, 0.95).history
        put(material.store, lab, Curves(arm.label, arm.config, history))
    page.goto(server.link("experiments", lab=lab, experiment="luck"))
    page.wait_for_selector(".st-key-guess_luck button")
    page.click(".st-key-guess_luck button >> nth=0")
    page.wait_for_selector(".st-key-run_experiment button")
    rest(page)
    page.evaluate(NOTE_SHIFTS)
    page.click(".st-key-run_experiment button")
    page.wait_for_selector("text=What this shows")
    assert_stood_still(page)
