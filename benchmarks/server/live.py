"""How soon and how often a page shows what a run has learned, and what watching costs.

A real server, its worker and Chromium train and show the notebook's network.

`updates_per_second` is how often the loss's line grew on the page, by frames of the browser, and
`points_per_second` how many points there were to show: on a busy machine, fewer than it could.
`lag_s` is the median time from a point's moment in the worker to the first frame that has it,
`lag_p95_s` that of one in twenty. The moment is when the scheduler got the message with the point,
less the training time between the point and the message's last one.

`browser_cores` is the processor time, by the second, that the browser took meanwhile.

`watched_ratio` is the median epoch of watched runs over that of runs that nobody watches, in
turns; `watched_ratio_low` and `_high` are the ends of its 95 % interval, by the bootstrap over
epochs.

`viewers_30_cores` is the processor time, by the second, that the server takes more while thirty
visitors watch one run than while none does; `viewers_30_cores_polled` the same where pages can only
ask. `lost_points` are those that a page lacks after its connection was cut twenty times.
"""

import argparse
import dataclasses
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from statistics import median, quantiles
from threading import Event
from urllib.parse import urlencode

import numpy as np
import psutil
from playwright.sync_api import Page as BrowserPage

from benchmarks.harness import followers
from benchmarks.harness.arguments import positive
from benchmarks.harness.dashboard import Server, browse, run_in_view, serve
from benchmarks.harness.footprint import cpu_seconds
from benchmarks.harness.visitors import visit
from benchmarks.server import moments
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.presets import PRESETS
from mnistlab.core.training.history import History
from mnistlab.store import open_store

_NOTEBOOK = PRESETS["notebook"].config
_LONG = dataclasses.replace(_NOTEBOOK, epochs=200)
_SECONDS = 600.0
_SECONDS_BETWEEN_QUESTIONS = 1.0
_RESAMPLES = 2_000
_CUTS = 20

_NOTE_GROWTH = """() => {
    window.growth = [];
    const look = () => {
        const path = document.querySelector('[aria-label^="Loss on"] g.mark-line path');
        const end = path?.getAttribute("d")?.match(/([-\\d.]+),[-\\d.]+Z?$/)?.[1];
        const x = Number(end) / path?.__data__?.mark.group.width;
        if (x > (window.growth.at(-1)?.[1] ?? -1)) window.growth.push([Date.now() / 1000, x]);
    };
    const what = {subtree: true, childList: true, attributes: true, attributeFilter: ["d"]};
    new MutationObserver(() => requestAnimationFrame(look)).observe(document.body, what);
}"""
"""Looks in the frame after a change: to look in each would have the browser draw them all."""

_IS_OVER = """() => document.querySelector(".st-key-share_panel")"""


def main(arguments: Sequence[str]) -> Mapping[str, float | int | None]:
    """Watch runs and return the results by name."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks live [--json FILE]")
    parser.add_argument("--repeats", type=positive, default=3, help="of each run")
    parser.add_argument("--epochs", type=positive, default=10, help="of each run")
    parser.add_argument("--viewers", type=positive, default=30)
    parser.add_argument("--seconds", type=positive, default=20, help="of watching by viewers")
    options = parser.parse_args(arguments)
    config = dataclasses.replace(_NOTEBOOK, epochs=options.epochs)
    with serve() as server:
        with browse() as page:
            page.set_default_timeout(_SECONDS * 1000)
            results = _watch(server, page, config, options.repeats)
        return {
            **results,
            **_count_cores(server, options.viewers, options.seconds),
            "lost_points": _count_lost(server),
        }


def _watch(
    server: Server, page: BrowserPage, config: RunConfig, repeats: int
) -> dict[str, float | int | None]:
    """Train in turns, watched by the browser and not."""
    seen: list[moments.Watched] = []
    alone: list[float] = []
    for seed in range(repeats):
        seen.append(_train_watched(server, page, dataclasses.replace(config, seed=seed)))
        page.goto("about:blank")
        alone += _train_alone(server, dataclasses.replace(config, seed=seed))
    watched = [seconds for each in seen for seconds in each.epochs]
    lags = [lag for each in seen for lag in each.lags]
    low, high = _interval(watched, alone)
    return {
        "updates_per_second": median(each.updates_per_second for each in seen),
        "points_per_second": median(each.points_per_second for each in seen),
        "browser_cores": median(each.browser_cores for each in seen),
        "lag_s": median(lags),
        "lag_p95_s": quantiles(lags, n=20)[-1],
        "watched_ratio": median(watched) / median(alone),
        "watched_ratio_low": low,
        "watched_ratio_high": high,
        "watched_epoch_s": median(watched),
        "alone_epoch_s": median(alone),
    }


def _train_watched(server: Server, page: BrowserPage, config: RunConfig) -> moments.Watched:
    page.goto(f"{server.address}/?{urlencode(config.to_query())}")
    page.click(".st-key-train button:enabled")
    page.evaluate(_NOTE_GROWTH)
    page.wait_for_function("window.growth.length > 1")
    run_id = run_in_view(page)
    began, used = time.monotonic(), cpu_seconds(_browser(server))
    page.wait_for_function(_IS_OVER, polling=_SECONDS_BETWEEN_QUESTIONS * 1000)
    cores = (cpu_seconds(_browser(server)) - used) / (time.monotonic() - began)
    growth = [(at, x * config.epochs) for at, x in page.evaluate("window.growth")]
    made = moments.points(server.process, run_id)
    return moments.judge(growth, made, _read(server, run_id), cores)


def _browser(server: Server) -> list[psutil.Process]:
    """Return the browser's processes: all that this one started but the server's."""
    own = {server.process, *server.process.children(recursive=True)}
    return [each for each in psutil.Process().children(recursive=True) if each not in own]


def _train_alone(server: Server, config: RunConfig) -> list[float]:
    """Return the seconds of each epoch of a run that nobody watches."""
    with visit(server.address) as tab:
        tab.open("train", config.to_query())
        run_id = tab.press("train").query["run"]
    return moments.epoch_seconds(_wait_for_end(server, run_id))


def _interval(watched: Sequence[float], alone: Sequence[float]) -> tuple[float, float]:
    """Return the 95 % interval of the ratio of medians."""
    random = np.random.default_rng(0)
    ratios = [
        np.median(random.choice(watched, len(watched)))
        / np.median(random.choice(alone, len(alone)))
        for _ in range(_RESAMPLES)
    ]
    low, high = np.quantile(ratios, (0.025, 0.975))
    return float(low), float(high)


def _count_cores(server: Server, viewers: int, seconds: int) -> dict[str, float]:
    with _train(server) as run_id:
        none = _cores(server, seconds)
        with followers.open_pages(server.address, run_id, viewers) as pages:
            pushed = _cores_while(server, seconds, [page.follow for page in pages])
            polled = _cores_while(server, seconds, [page.poll for page in pages])
    return {
        f"viewers_{viewers}_cores": pushed - none,
        f"viewers_{viewers}_cores_polled": polled - none,
        "unwatched_cores": none,
    }


def _cores_while(server: Server, seconds: int, work: Sequence[followers.Watching]) -> float:
    over = Event()
    with ThreadPoolExecutor(len(work)) as pool:
        tasks = [pool.submit(each, over) for each in work]
        time.sleep(seconds / 4)  # so that not all began just now
        cores = _cores(server, seconds)
        over.set()
        for task in tasks:
            task.result()
    return cores


def _cores(server: Server, seconds: int) -> float:
    began, used = time.monotonic(), cpu_seconds([server.process])
    time.sleep(seconds)
    return (cpu_seconds([server.process]) - used) / (time.monotonic() - began)


def _count_lost(server: Server) -> int:
    """Cut a page's connection again and again; return how many points it lacks then."""
    got: list[int] = []
    with _train(server) as run_id:
        while not got:
            got += _follow_a_while(server, run_id, 0)
        for _ in range(_CUTS):
            got += _follow_a_while(server, run_id, got[-1])
    history = _wait_for_end(server, run_id)
    wanted = [point.step for point in history.steps if got[0] <= point.step <= got[-1]]
    return len(set(wanted) - set(got)) + len(got) - len(set(got))


def _follow_a_while(server: Server, run_id: str, after: int) -> list[int]:
    """Follow a run until some points are there, then cut the connection without a word."""
    with followers.follow_stream(server.address, run_id, after) as stream:
        steps: list[int] = []
        while len(steps) < 3:
            news = followers.read_news(stream)
            steps += [point[0] for point in news.get("training", ())]
        stream.socket.close()
    return steps


@contextmanager
def _train(server: Server) -> Iterator[str]:
    """Train a long run until the block ends."""
    with visit(server.address) as tab:
        tab.open("train", _LONG.to_query())
        run_id = tab.press("train").query["run"]
        with followers.follow_stream(server.address, run_id, 0) as stream:
            while not followers.read_news(stream).get("training"):
                pass
        yield run_id
        tab.press("stop")


def _wait_for_end(server: Server, run_id: str) -> History:
    end = time.monotonic() + _SECONDS
    with closing(open_store(server.home).store) as store:
        while store.run(run_id).status.is_active and time.monotonic() < end:
            time.sleep(_SECONDS_BETWEEN_QUESTIONS)
        return store.history(run_id)


def _read(server: Server, run_id: str) -> History:
    with closing(open_store(server.home).store) as store:
        return store.history(run_id)
