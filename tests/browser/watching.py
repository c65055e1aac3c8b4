"""Whether a chart grows in place, seen from within the page."""

from playwright.sync_api import Page

from tests.browser.conftest import settle

LINE = ".st-key-loss_panel svg.marks .mark-line path"
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


def wait_until_nothing_is_to_come(page: Page) -> None:
    """Wait for the list of runs, which comes late, or its coming would be seen as a move."""
    page.wait_for_selector(".st-key-runs canvas")
    settle(page)
