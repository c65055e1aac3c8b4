"""What is wrong with a page's look, found by scripts inside the page."""

from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Page

_SCRIPTS = "".join(
    (Path(__file__).parent / "audit" / f"{name}.js").read_text(encoding="utf-8")
    for name in ("elements", "paint", "contrast", "rules")
)
_AUDIT = f"(names) => {{ {_SCRIPTS}\nreturn audit(names) }}"

PLACING = ("cut", "outside", "sideways", "overlap", "plot")
"""Rules of where things stand, in any colours."""

TOUCHING = ("target",)
"""Rules for fingers."""

COLOURING = ("text", "line", "control")
"""Rules of contrast."""

# What comes late moves what is below it: a page rests once its parts have stood still for a while.
_REST = """() => {
  const PARTS = '[data-testid=stElementContainer], svg.marks, canvas, header a'
  const boxes = () => [...document.querySelectorAll(PARTS)]
    .map((part) => part.getBoundingClientRect())
    .map((box) => [box.x, box.y, box.width, box.height].map(Math.round)).join()
  const began = performance.now()
  // Tables and the links in the header take a new width late.
  const fits = (part) => !part || part.scrollWidth <= part.clientWidth
  const wide = ['[data-testid=stMain]', '[data-testid=stTopNav]']
  const isSettled = () =>
    document.querySelector('[data-testid=stApp][data-test-script-state=notRunning]') &&
    !document.querySelector('[data-testid=stSkeleton]') &&
    (performance.now() - began > 2000 || wide.every((name) => fits(document.querySelector(name))))
  window.resting = new Promise((resolve) => {
    let [before, since] = ['', performance.now()]
    const look = setInterval(() => {
      const now = boxes()
      if (now !== before || !isSettled()) [before, since] = [now, performance.now()]
      if (performance.now() - since < 150) return
      clearInterval(look)
      resolve()
    }, 50)
  })
}"""


def find_faults(page: Page, rules: Sequence[str]) -> list[str]:
    """Return what these rules find, each as “rule: element: value”."""
    found: list[str] = page.evaluate(_AUDIT, list(rules))
    return found


def find_lasting_faults(page: Page, rules: Sequence[str]) -> list[str]:
    """Return what these rules find again and again: what comes late is no fault."""
    before, found = None, find_faults(page, rules)
    while found and found != before:
        rest(page)
        before, found = found, find_faults(page, rules)
    return found


def rest(*pages: Page) -> None:
    """Wait until nothing moves on these pages any more."""
    for page in pages:
        page.evaluate(_REST)
    for page in pages:
        page.evaluate("window.resting")
