"""The rate page in a browser: a range test grows in place, and its rate goes into the form."""

import re

import pytest

from mnistlab.core.settings.config import RunConfig
from tests.browser.conftest import Server, Visit, read_query, settle
from tests.factories import SECONDS, SMALL

CHART = ".st-key-range_panel svg.marks"
CONFIG = RunConfig(units=(1024,), optimizer="adam", schedule="constant", dropout=0.0)
"""Its test takes long enough: a page may see nothing of the first two seconds."""

WATCH = f"""
() => {{
  window.places = new Set()
  window.lengths = new Set()
  setInterval(() => {{
    const chart = document.querySelector('{CHART}')
    const line = chart?.querySelector('.mark-line path')
    if (!window.chart && !line) return
    window.chart ??= chart
    const box = chart?.getBoundingClientRect()
    window.places.add([box?.x, box?.y, box?.width, box?.height].join())
    window.lengths.add(line?.getAttribute('d'))
    window.isSame = chart === window.chart
  }}, 50)
}}
"""


def test_a_range_test_grows_in_place_and_its_rate_goes_into_the_form(
    server: Server, visit: Visit
) -> None:
    page = visit(server.link("rate", **CONFIG.to_query()))
    page.set_default_timeout(4 * SECONDS * 1000)
    page.evaluate(WATCH)  # before the press, or a slow page would see only the end of the test
    page.click(".st-key-start_range_test button")
    page.wait_for_selector(f"{CHART} .mark-text text:has-text('suggested')")
    page.wait_for_selector(f"{CHART} .mark-text text:has-text('too high')")
    assert page.evaluate("window.isSame")
    assert len(page.evaluate("[...window.places]")) == 1
    assert page.evaluate("window.lengths.size") > 1  # a slow page sees it only once or twice
    [said] = re.findall(r"[\d.]+", page.inner_text(".st-key-use_rate button"))
    page.click(".st-key-use_rate button")
    page.wait_for_selector(".st-key-train")
    page.wait_for_function(f"() => location.search.includes('learning_rate={said}')")
    assert read_query(page, "schedule") == "constant"


MEASURE_SHIFTS = """
() => {
  window.shift = 0
  const add = entry => { window.shift += entry.value }
  new PerformanceObserver(list => list.getEntries().forEach(add)).observe({type: 'layout-shift'})
}
"""


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
def test_nothing_moves_from_the_press_to_the_end_of_the_checks(
    server: Server, visit: Visit, width: int, height: int
) -> None:
    page = visit("about:blank")
    page.set_viewport_size({"width": width, "height": height})
    page.set_default_timeout(4 * SECONDS * 1000)
    page.goto(server.link("rate", **SMALL.to_query()))
    page.wait_for_selector(CHART)
    settle(page)
    page.evaluate(MEASURE_SHIFTS)
    page.click(".st-key-start_range_test button >> visible=true")
    use = page.locator(".st-key-use_rate button >> visible=true")
    use.wait_for()
    box = use.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= height
    page.click(".st-key-check_rate button >> visible=true")
    page.wait_for_selector("text=Best of the three")
    assert use.bounding_box() == box
    assert page.evaluate("window.shift") <= 0.02
