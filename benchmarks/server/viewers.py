"""Several sessions that watch one run on a real server, each as often as a page asks by itself."""

import dataclasses
import random
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from statistics import median, quantiles

from benchmarks.harness.dashboard import Server
from benchmarks.harness.footprint import cpu_seconds
from benchmarks.harness.visitors import View, Visitor, visit
from mnistlab.core.settings.config import RunConfig
from mnistlab.store import open_store

SECONDS_BETWEEN_LOOKS = 0.5
_SPREAD = 0.2
"""As a page asks by itself (`mnistlab/ui/train/panel.py`, `components/ticker/ticker.js`)."""

_SECONDS_TO_BEGIN = 120.0
RUN = RunConfig(training_images=20_000, epochs=200, dropout=0.0)
"""Not over before it was watched for as long as it takes."""


@dataclass(frozen=True)
class Watched:
    """What it came to while one run was watched.

    Attributes:
        p50_seconds: From a session's look to the page complete, the median of all.
        p95_seconds: The same, of which one in twenty took longer.
        looks_per_second: Of all sessions together.
        server_cores: Processor time of the server's own process, by the second.
        run_seconds_per_epoch: How fast the run went meanwhile.
    """

    p50_seconds: float
    p95_seconds: float
    looks_per_second: float
    server_cores: float
    run_seconds_per_epoch: float


def watch(server: Server, viewers: int, run: RunConfig = RUN, duration: float = 8.0) -> Watched:
    """Have a run trained on the server, and watched by so many sessions for some seconds."""
    with ExitStack() as stack:
        tabs = [stack.enter_context(visit(server.address)) for _ in range(viewers)]
        own = dataclasses.replace(run, seed=viewers)
        with _train(tabs[0], own) as run_id, ThreadPoolExecutor(viewers) as pool:
            list(pool.map(lambda tab: tab.open("train", {"run": run_id}), tabs[1:]))
            looks, seconds, cores = _measure(server, pool, tabs, duration)
        epochs = _last_epochs(server.home, run_id, seconds)
    return Watched(
        p50_seconds=median(looks),
        p95_seconds=quantiles(looks, n=20)[-1],
        looks_per_second=len(looks) / seconds,
        server_cores=cores,
        run_seconds_per_epoch=median(epochs),
    )


@contextmanager
def _train(tab: Visitor, run: RunConfig) -> Iterator[str]:
    """Train a run from a tab until the block ends; give its id once it has points."""
    tab.open("train", run.to_query())
    view = tab.press("train")
    end = time.monotonic() + _SECONDS_TO_BEGIN
    while not view.has_points:
        if time.monotonic() > end:
            raise RuntimeError("The run does not begin")
        time.sleep(SECONDS_BETWEEN_LOOKS)
        view = _look(tab)
    yield view.query["run"]
    tab.press("stop")


def _measure(
    server: Server, pool: ThreadPoolExecutor, tabs: Sequence[Visitor], duration: float
) -> tuple[list[float], float, float]:
    """Return what looks took, how long all went on, and how many cores the server used."""
    began, used = time.monotonic(), cpu_seconds([server.process])
    over = threading.Event()
    work = [pool.submit(_keep_looking, tab, over) for tab in tabs]
    time.sleep(duration)
    used = cpu_seconds([server.process]) - used
    seconds = time.monotonic() - began
    over.set()
    return [look for each in work for look in each.result()], seconds, used / seconds


def _keep_looking(tab: Visitor, over: threading.Event) -> list[float]:
    """Look again and again; return how long each look took."""
    seconds: list[float] = []
    pause = random.uniform(0, SECONDS_BETWEEN_LOOKS)
    while not over.wait(pause):
        began = time.monotonic()
        _look(tab)
        seconds.append(time.monotonic() - began)
        pause = SECONDS_BETWEEN_LOOKS * random.uniform(1 - _SPREAD, 1 + _SPREAD)
    return seconds


def _look(tab: Visitor) -> View:
    return tab.switch("whole_range", False)


def _last_epochs(home: Path, run_id: str, seconds: float) -> list[float]:
    """Return what each epoch took of a run's last `seconds`, once it has ended."""
    with closing(open_store(home).store) as store:
        while store.run(run_id).status.is_active:
            time.sleep(SECONDS_BETWEEN_LOOKS)
        epochs = [point.seconds for point in reversed(store.history(run_id).epochs) if point.epoch]
    return [
        each for each, so_far in zip(epochs, accumulate(epochs), strict=True) if so_far < seconds
    ]
