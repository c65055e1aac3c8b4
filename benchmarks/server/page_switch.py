"""Going from page to page by the names at the top, as a visitor does."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from playwright.sync_api import Page

from mnistlab.ui.navigation import PAGES

NAMES = tuple(page.name for page in (*PAGES[1:], PAGES[0]))
"""The first page last, where a visit begins."""

_SWITCH = """async (name) => {
    const heading = () => document.querySelector("h1")?.textContent;
    const before = heading();
    const isThere = () => location.pathname.endsWith(`/${name}`)
        && heading() && heading() !== before
        && document.querySelector('[data-test-script-state="notRunning"]')
        && !document.querySelector('[data-stale="true"], [data-testid="stSkeleton"]');
    const isDrawn = () => [...document.querySelectorAll('[data-testid="stVegaLiteChart"]')]
        .every(chart => chart.querySelector("svg, canvas"));
    const wait = async (condition) => {
        while (!condition()) await new Promise(resolve => setTimeout(resolve, 4));
        return performance.now() - began;
    };
    const began = performance.now();
    document.querySelector(`a[data-testid="stTopNavLink"][href$="/${name}"]`).click();
    return {there: await wait(isThere), drawn: await wait(isDrawn)};
}"""
"""Clicks and looks from inside the page, where nothing comes between."""


@dataclass(frozen=True)
class Switch:
    """One change of page.

    Attributes:
        name: The page that was gone to.
        there: Milliseconds until the page was there: its heading, nothing of an earlier
            one, the script at its end.
        drawn: The same until its charts were drawn as well.
    """

    name: str
    there: float
    drawn: float


def go_round(page: Page, rounds: int, seconds_between_clicks: float) -> list[Switch]:
    """Visit all pages in turn, so many times."""
    switches = []
    for name in NAMES * rounds:
        page.wait_for_timeout(1000 * seconds_between_clicks)
        switches.append(Switch(name, **page.evaluate(_SWITCH, name)))
    return switches


def by_page(switches: Sequence[Switch]) -> dict[str, float]:
    """Return each page's median milliseconds until it was there."""
    return {name: there(one for one in switches if one.name == name) for name in NAMES}


def there(switches: Iterable[Switch]) -> float:
    """Return the median milliseconds until a page was there."""
    return median(switch.there for switch in switches)


def drawn(switches: Iterable[Switch]) -> float:
    """Return the median milliseconds until its charts were drawn as well."""
    return median(switch.drawn for switch in switches)
