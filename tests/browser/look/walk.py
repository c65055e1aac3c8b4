"""A page in one of its states, seen at all widths, light and dark."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, Page, ViewportSize

from tests.browser.conftest import Server, settle
from tests.browser.look.audit import COLOURING, PLACING, TOUCHING, find_lasting_faults, rest
from tests.browser.look.axe import find_violations
from tests.browser.look.material import Material
from tests.browser.look.states import HEIGHTS, PHONES, State
from tests.browser.runs.test_console import complaints
from tests.factories import SECONDS

_WIDTHS_OF_AXE = (390, 1280)


@dataclass(frozen=True)
class Tabs:
    """A tab for each theme, since a page takes long to change its own.

    Attributes:
        light: Of a visitor who prefers light pages.
        dark: Of one who prefers dark ones.
        said: What is written to their consoles, also from now on.
    """

    light: Page
    dark: Page
    said: list[list[str]]

    def set_width(self, width: int) -> None:
        """Give both a window of this width, and wait until nothing moves any more."""
        for page in (self.light, self.dark):
            page.set_viewport_size(ViewportSize(width=width, height=HEIGHTS[width]))
        rest(self.light, self.dark)


@contextmanager
def open_tabs(browser: Browser) -> Iterator[Tabs]:
    """Open two tabs, each in a window of its own: what is behind another tab is drawn late."""
    with (
        closing(browser.new_context(color_scheme="light")) as one,
        closing(browser.new_context(color_scheme="dark")) as other,
    ):
        light, dark = one.new_page(), other.new_page()
        for page in (light, dark):
            page.set_default_timeout(SECONDS * 1000)
        yield Tabs(light, dark, [complaints(light), complaints(dark)])


@dataclass
class Walk:
    """What was seen of a state.

    Attributes:
        faults: What the audit's rules and axe's found, and what is out of view, each after its
            width and theme.
        said: What was written to the console.
    """

    faults: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def of(self, *rules: str) -> list[str]:
        """Return what these rules found."""
        return [fault for fault in self.faults if fault.split(": ")[1] in rules]


def open_state(server: Server, tabs: Tabs, material: Material, state: State) -> None:
    """Show a state in both tabs, in a lab of its own."""
    lab = material.store.create_lab()
    link = server.link(state.page, lab=lab, **state.fill(material, lab))
    for page in (tabs.light, tabs.dark):
        page.set_viewport_size(ViewportSize(width=1280, height=HEIGHTS[1280]))
        page.goto(link, wait_until="commit")
    for page in (tabs.light, tabs.dark):
        page.wait_for_selector(state.sign)
        settle(page)
        state.act(page)


def walk(tabs: Tabs, state: State) -> Walk:
    """See a state that is open at all widths."""
    seen = Walk()
    for said in tabs.said:
        said.clear()
    for width in HEIGHTS:
        tabs.set_width(width)
        rules = (*PLACING, *COLOURING, *(TOUCHING if width in PHONES else ()))
        _note(seen, f"{width} light", find_lasting_faults(tabs.light, rules))
        _note(seen, f"{width} dark", find_lasting_faults(tabs.dark, COLOURING))
        if width in _WIDTHS_OF_AXE:
            _note(seen, f"{width} light", find_violations(tabs.light))
        _note(seen, f"{width} light", _find_out_of_view(tabs.light, state, width))
    seen.said = [line for said in tabs.said for line in said]
    return seen


def _find_out_of_view(page: Page, state: State, width: int) -> list[str]:
    """Return what a visitor would have to scroll for, each as “view: selector: pixels”."""
    found = []
    for selector in (name for name, widths in state.in_view.items() if width in widths):
        box = page.locator(selector).bounding_box()
        assert box is not None
        bottom = box["y"] + box["height"]
        if box["y"] < 0 or bottom > HEIGHTS[width]:
            found.append(f"view: {selector}: {box['y']:.0f} to {bottom:.0f} px")
    return found


def _note(seen: Walk, where: str, faults: list[str]) -> None:
    seen.faults += [f"{where}: {fault}" for fault in faults]
