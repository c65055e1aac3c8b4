"""How long a start, a first point and a change of page take, and what it costs in memory.

A real server, a fresh one with an empty home each time, and a real browser, which runs
and waits before the server is started. All files are in the system's cache.

`usable_s` is from the server's process being started until the Train page, opened by
its root URL as soon as the port answers, has its Train button, which can be pressed,
and nothing more to come. `first_point_cold_s` is from pressing it at that very moment, while
the workers still import torch, until the loss's chart has its first point; `first_point_s`
from pressing it on another fresh server once the page says how long the run will take.

`page_switch_ms` is from a click on a page's name until that page is there: its heading, no
part of an earlier one, the script at its end; with a run in view. `page_drawn_ms` waits until
its charts are drawn as well, `first_visit_ms_of` is for pages that nobody has seen before.

Memory is each process's proportional set size (PSS), in MB. `server_mb` is taken after all
pages were seen with a run in view, none of whose networks was asked; `worker_mb` after the
notebook's preset was trained for an epoch; `torch_mb` is a process that does nothing but
`import torch`. What processes share counts in parts, so `worker_over_torch_rss_mb` gives
the difference once more in resident memory, in which it counts in full.
"""

import argparse
import dataclasses
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from statistics import median
from urllib.parse import urlencode

import psutil
from playwright.sync_api import Page, ViewportSize

from benchmarks.harness.dashboard import Server, browse, serve
from benchmarks.harness.footprint import pss_mb
from benchmarks.server import page_switch
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.presets import PRESETS

_SECONDS = 120
_VIEWPORT = ViewportSize(width=1280, height=900)
_NOTEBOOK = dataclasses.replace(PRESETS["notebook"].config, epochs=1)

_WATCH = """(isWarm) => {
    const at = () => (performance.timeOrigin + performance.now()) / 1000;
    const button = () => document.querySelector(".st-key-train button:not([disabled])");
    const isDone = () => document.querySelector('[data-test-script-state="notRunning"]')
        && document.querySelector("h1") && !document.querySelector('[data-stale="true"]');
    const isReady = () => button() && isDone()
        && (!isWarm || !document.querySelector(".st-key-settings")
            .textContent.includes("getting ready"));
    const hasPoint = () => [...document.querySelectorAll('[aria-label^="Loss on"] .role-mark path')]
        .some(path => path.closest(".mark-line, .mark-symbol") && path.getAttribute("d"));
    window.seen = {};
    const look = setInterval(() => {
        if (!window.seen.usable && isReady()) {
            window.seen.usable = at();
            button().click();
        }
        if (window.seen.usable && hasPoint()) {
            window.seen.point = at();
            clearInterval(look);
        }
    }, 16);
}"""
"""Looks and presses from inside the page, where nothing comes between; not so often that
looking takes time from what is looked at."""


Results = Mapping[str, float | Mapping[str, float]]
Serve = Callable[[], AbstractContextManager[Server]]


@dataclass(frozen=True)
class Sizes:
    """How much is measured.

    Attributes:
        starts: Of each kind.
        rounds: Through all pages.
        first_run: Settings, other than the form's own, of a run whose first point is awaited.
        run_in_view: What is trained before all pages are seen.
        seconds_between_clicks: On the pages' names.
    """

    starts: int
    rounds: int
    first_run: Mapping[str, str] = field(default_factory=dict)
    run_in_view: RunConfig = _NOTEBOOK
    seconds_between_clicks: float = 0.5


@dataclass(frozen=True)
class _Memory:
    """What a process takes, in MB: proportional and resident set size."""

    pss: float
    rss: float

    @classmethod
    def of(cls, process: psutil.Process) -> "_Memory":
        return cls(pss_mb(process.pid), process.memory_info().rss / 2**20)


@dataclass(frozen=True)
class _Start:
    """One start: seconds until the page was usable, and from the press to the first point."""

    usable: float
    first_point: float


def main(arguments: Sequence[str]) -> Results:
    """Start servers, look at pages and memory; return the results by name."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks start")
    parser.add_argument("--starts", type=int, default=5, help="of each kind")
    parser.add_argument("--rounds", type=int, default=8, help="through all pages")
    options = parser.parse_args(arguments)
    return measure(Sizes(options.starts, options.rounds), serve)


def measure(sizes: Sizes, serve: Serve) -> Results:
    """Return the results by name; `serve` gives a server for each start."""
    with browse() as page:
        page.set_viewport_size(_VIEWPORT)
        page.set_default_timeout(_SECONDS * 1000)
        cold = [_start(page, sizes, serve, is_warm=False) for _ in range(sizes.starts)]
        warm = [_start(page, sizes, serve, is_warm=True) for _ in range(sizes.starts)]
        looked = _look_round(page, sizes, serve)
    return {
        "usable_s": median(start.usable for start in cold),
        "usable_worst_s": max(start.usable for start in cold),
        "first_point_s": median(start.first_point for start in warm),
        "first_point_worst_s": max(start.first_point for start in warm),
        "first_point_cold_s": median(start.first_point for start in cold),
        **looked,
        "starts": sizes.starts,
        "rounds": sizes.rounds,
    }


def _start(page: Page, sizes: Sizes, serve: Serve, is_warm: bool) -> _Start:
    """Start a server and press Train as soon as that may be, or once a worker is ready."""
    began = time.time()
    with serve() as server:
        page.goto(f"{server.address}/?{urlencode(sizes.first_run)}", wait_until="commit")
        page.evaluate(_WATCH, is_warm)
        page.wait_for_function("window.seen.point")
        seen = page.evaluate("window.seen")
        page.goto("about:blank")
    return _Start(seen["usable"] - began, seen["point"] - seen["usable"])


def _look_round(page: Page, sizes: Sizes, serve: Serve) -> Results:
    """Train a network, then look at all pages and at the memory."""
    with serve() as server:
        page.goto(f"{server.address}/?{urlencode(sizes.run_in_view.to_query())}")
        page.click(".st-key-train button")
        page.wait_for_selector(".st-key-share_panel")
        worker = _Memory.of(_find_worker(server.process))
        first = page_switch.go_round(page, 1, sizes.seconds_between_clicks)
        later = page_switch.go_round(page, sizes.rounds, sizes.seconds_between_clicks)
        server_mb = pss_mb(server.process.pid)
        has_torch = any("libtorch" in part.path for part in server.process.memory_maps())
        page.goto("about:blank")
    torch = _torch_memory()
    return {
        "page_switch_ms": page_switch.there(later),
        "page_switch_ms_of": page_switch.by_page(later),
        "page_drawn_ms": page_switch.drawn(later),
        "first_visit_ms_of": page_switch.by_page(first),
        "server_mb": server_mb,
        "server_has_torch": int(has_torch),
        "worker_mb": worker.pss,
        "torch_mb": torch.pss,
        "worker_over_torch_mb": worker.pss - torch.pss,
        "worker_over_torch_rss_mb": worker.rss - torch.rss,
    }


def _find_worker(server: psutil.Process) -> psutil.Process:
    """Return the worker that trained, which takes the most of all below the server."""
    below = server.children(recursive=True)
    return max(below, key=lambda process: int(process.memory_info().rss))


def _torch_memory() -> _Memory:
    command = [sys.executable, "-c", "import torch; print(flush=True); input()"]
    with psutil.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        taken = _Memory.of(process)
        process.kill()
    return taken
