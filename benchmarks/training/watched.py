"""One run trained as a student trains it: from a page, which watches it to its end."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from urllib.parse import parse_qs, urlencode, urlsplit

from playwright.sync_api import Page

from benchmarks.harness.dashboard import browse, serve
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.history import History
from mnistlab.store import open_store

_SECONDS_TO_BE_READY = 120
_SECONDS_FOR_AN_EPOCH = 120

_MS_BETWEEN_QUESTIONS = 1_000
_IS_OVER = """() => document.querySelector(".st-key-share_panel")"""
"""Playwright's own way of waiting asks twice a second from outside, which takes a tenth of what a
watching page takes."""

_NOTE_GROWTH = """() => {
    window.growth = [];
    setInterval(() => {
        const line = document.querySelector('[aria-label^="Loss on"] g.mark-line path');
        const points = (line?.getAttribute("d")?.match(/[ML]/g) ?? []).length;
        if (points !== (window.growth.at(-1)?.points ?? 0))
            window.growth.push({points, seconds: performance.now() / 1000});
    }, 250);
}"""
"""Looks at the curve from inside the page, since asking from outside would take the
training more of the processor."""


@dataclass(frozen=True)
class Watched:
    """What a watched run came to.

    Attributes:
        seconds_per_epoch: The median of its epochs' training times, as in its history.
        points_per_second: How fast its curve on the page grew; None if it was over
            before it was seen to grow.
    """

    seconds_per_epoch: float
    points_per_second: float | None


def train(config: RunConfig) -> Watched:
    """Train `config` from a page of a server of its own."""
    with serve() as server, browse() as page:
        page.set_default_timeout(_SECONDS_TO_BE_READY * 1000)
        page.goto(f"{server.address}/?{urlencode(config.to_query())}")
        page.click(".st-key-train button")
        page.evaluate(_NOTE_GROWTH)
        seconds = _SECONDS_TO_BE_READY + config.epochs * _SECONDS_FOR_AN_EPOCH
        page.wait_for_function(_IS_OVER, polling=_MS_BETWEEN_QUESTIONS, timeout=seconds * 1000)
        run_id = parse_qs(urlsplit(page.url).query)["run"][0]
        growth = _read_growth(page)
        epochs = _read_history(server.home, run_id).epochs
    return Watched(median(point.seconds for point in epochs if point.epoch), _pace(growth))


def _read_growth(page: Page) -> list[tuple[int, float]]:
    """Return how many points the curve had, and since when in seconds."""
    return [(step["points"], step["seconds"]) for step in page.evaluate("window.growth")]


def _pace(growth: Sequence[tuple[int, float]]) -> float | None:
    """Return the points a second, as long as the page draws them all: of a long line few are."""
    whole = 1
    while whole < len(growth) and growth[whole][0] > growth[whole - 1][0]:
        whole += 1
    if whole < 2:
        return None
    (first, start), (last, end) = growth[0], growth[whole - 1]
    return (last - first) / (end - start)


def _read_history(home: Path, run_id: str) -> History:
    with closing(open_store(home).store) as store:
        return store.history(run_id)
