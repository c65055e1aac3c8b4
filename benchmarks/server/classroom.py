"""Thirty students on one server: nothing lost, nothing mixed up, pages quick.

A real server; a session for each student by the protocol that browsers speak
(`visitors.py`), and one more student in a real browser. All press Train at the same
moment, each with settings of its own, watch their runs as a page does, visit the other
pages and have a test digit read; the one in the browser draws a digit instead, with the
pointer. The same runs, trained one after another in a process without a server, are what
the class is compared with: their time, and their curves, which must be the same number
for number.

`page_p50_ms` and `page_p95_ms` are over all requests of the students: page opened,
button pressed, page looked at. `first_point_worst_over_fair` is the longest that
anybody waited for the first point of a curve over the time that an ideal fair queue
would have made the last in line wait. `throughput_ratio` is images a second over those
of the runs without a server. `idle_cpu_percent`, of one core, is what server and
cluster use while thirty pages are open in a browser and nothing is trained.

The students themselves take some of the machine: a class brings its own.
"""

import argparse
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import quantiles
from urllib.parse import urlencode

from playwright.sync_api import Page

from benchmarks.harness.dashboard import Server, browse, run_in_view, serve
from benchmarks.harness.drawing import draw_one
from benchmarks.harness.footprint import Peak, cpu_percent, watch_memory
from benchmarks.harness.visitors import visit
from benchmarks.server import alone
from benchmarks.server.alone import AloneRun
from benchmarks.server.lesson import Classmate, Diary
from mnistlab.core.run import RunStatus
from mnistlab.core.settings.config import RunConfig
from mnistlab.store import RunStore, open_store

_IDLE_SECONDS = 20.0
_SECONDS_TO_SETTLE = 10.0
_SECONDS_TO_BE_READY = 120.0

Results = Mapping[str, float | int | str | None]


def main(arguments: Sequence[str]) -> Results:
    """Let the class work and return the results by name."""
    configs = _parse(arguments)
    before = alone.train_all(configs)
    with serve() as server, browse() as page:
        _wait_until_ready(server.address)
        with watch_memory(server.process) as peak:
            diaries = _work(server.address, configs, page)
        idle = _measure_idle(server, page, diaries)
        counts = _compare(server.home, diaries, before)
    return {**counts, **_times(diaries, before), **_footprint(peak, idle)}


def _parse(arguments: Sequence[str]) -> list[RunConfig]:
    parser = argparse.ArgumentParser(prog="python -m benchmarks classroom [--json FILE]")
    parser.add_argument("--students", type=int, default=30)
    parser.add_argument("--epochs", type=int, default=4, help="of each run")
    options = parser.parse_args(arguments)
    if options.students < 2:
        parser.error("--students must be 2 or more")
    return [_config(number, options.epochs) for number in range(options.students)]


def _config(number: int, epochs: int) -> RunConfig:
    """Return one student's settings: all differ in several."""
    return RunConfig(
        hidden_layers=1 + number % 3,
        units=((128, 256, 384, 512)[number % 4],),
        learning_rate=(0.001, 0.002, 0.003)[number % 3],
        activation=("relu", "gelu", "tanh")[number % 3],
        training_images=30_000 + 100 * number,
        epochs=epochs,
        seed=number,
    )


def _wait_until_ready(address: str) -> None:
    """Wait until the machine's speed is known, as the first visitor of a day does."""
    end = time.monotonic() + _SECONDS_TO_BE_READY
    with visit(address) as visitor:
        while "getting ready" in visitor.open("train").text:
            if time.monotonic() > end:
                raise RuntimeError("The server does not get ready")
            time.sleep(1)


def _work(address: str, configs: Sequence[RunConfig], page: Page) -> list[Diary]:
    """Let all students work at once, the last in a browser; return what they saw."""
    others, own = configs[:-1], configs[-1]
    together = threading.Barrier(len(configs))
    with ThreadPoolExecutor(len(others)) as class_room:
        work = [class_room.submit(_spend_lesson, address, each, together) for each in others]
        watcher = _watch_in_browser(page, address, own, together.wait)
        return [*(each.result() for each in work), watcher]


def _spend_lesson(address: str, config: RunConfig, together: threading.Barrier) -> Diary:
    with visit(address) as tab:
        student = Classmate(tab, config)
        student.arrive()
        together.wait()
        student.work()
        student.study()
    return student.diary


def _watch_in_browser(
    page: Page, address: str, config: RunConfig, wait: Callable[[], int]
) -> Diary:
    diary = Diary(config)
    page.set_default_timeout(1_800_000)
    page.goto(f"{address}/train?{urlencode(config.to_query())}")
    page.wait_for_selector(".st-key-train button")
    wait()
    diary.asked_at = time.monotonic()
    page.click(".st-key-train button")
    page.wait_for_selector('[aria-label^="Loss on"] g.mark-line path')
    diary.first_point_at = time.monotonic()
    page.wait_for_selector("[data-status=finished]")
    diary.ended_at = time.monotonic()
    diary.run_id = run_in_view(page)
    diary.page_seconds.append(draw_one(page))
    return diary


def _measure_idle(server: Server, page: Page, diaries: Sequence[Diary]) -> float:
    """Return what the server uses while each student's run is open in a browser."""
    links = [f"{server.address}/train?run={diary.run_id}" for diary in diaries]
    with _open_pages(page, links):
        time.sleep(_SECONDS_TO_SETTLE)
        return cpu_percent(server.process, _IDLE_SECONDS)


@contextmanager
def _open_pages(page: Page, links: Sequence[str]) -> Iterator[None]:
    assert page.context.browser is not None  # it is the browser's own page
    with page.context.browser.new_context() as visitor:
        for link in links:
            tab = visitor.new_page()
            tab.goto(link)
            tab.wait_for_selector("[data-status=finished]")
        yield


def _compare(home: Path, diaries: Sequence[Diary], before: Sequence[AloneRun]) -> dict[str, int]:
    runs = list(zip(diaries, before, strict=True))
    with closing(open_store(home).store) as store:
        return {
            "students": len(diaries),
            "runs_started": sum(bool(diary.run_id) for diary in diaries),
            "runs_lost": sum(not _is_finished(store, diary) for diary in diaries),
            "runs_mixed_up": sum(not _is_own(store, diary, run) for diary, run in runs),
            "tracebacks": sum(diary.tracebacks for diary in diaries),
        }


def _is_finished(store: RunStore, diary: Diary) -> bool:
    return bool(diary.run_id) and store.run(diary.run_id).status is RunStatus.FINISHED


def _is_own(store: RunStore, diary: Diary, run: AloneRun) -> bool:
    """Tell whether a student's run has its own settings, and the very curve they give."""
    is_same = store.run(diary.run_id).config == diary.config
    return is_same and store.history(diary.run_id) == run.history


def _times(diaries: Sequence[Diary], before: Sequence[AloneRun]) -> dict[str, float]:
    pages = [1000 * seconds for diary in diaries for seconds in diary.page_seconds]
    percentiles = quantiles(pages, n=100)
    began = min(diary.asked_at for diary in diaries)
    ended = max(diary.ended_at or float("inf") for diary in diaries)
    alone_seconds = sum(run.seconds for run in before)
    return {
        "requests": len(pages),
        "page_p50_ms": percentiles[49],
        "page_p95_ms": percentiles[94],
        "first_point_worst_over_fair": _worst_first_point(diaries) / _fair_first_point(before),
        "throughput_ratio": alone_seconds / (ended - began),
        "alone_seconds": alone_seconds,
        "class_seconds": ended - began,
    }


def _worst_first_point(diaries: Sequence[Diary]) -> float:
    return max((diary.first_point_at or float("inf")) - diary.asked_at for diary in diaries)


def _fair_first_point(before: Sequence[AloneRun]) -> float:
    """Return when the last in line would see its first point, all runs being equally far."""
    longest_wait = sum(run.seconds for run in before) - min(run.seconds for run in before)
    return longest_wait + before[-1].first_point_seconds


def _footprint(peak: Peak, idle: float) -> dict[str, float]:
    return {
        "server_pss_mb": peak.server,
        "total_pss_mb": peak.total,
        "idle_cpu_percent": idle,
    }
