"""How busy many small runs keep all cores: guided experiments, on the engine as a server has it.

The runs of three experiments (learning rate, optimizers and depth, most of them so short that
they are over in a second or two) are asked for at once by one lab, the longest first, as the
page does. `busy_share` is the processor time that the workers used between the first run's
begin and the last one's end, over all cores: whatever they wait for meanwhile, for an order,
for another thread or for each other at the end, is missing from it.

`throughput_ratio` is how much sooner the runs are over than the same ones trained one after
another with all threads in a process without a server; below one, the server is slower.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from dask.system import CPU_COUNT

from benchmarks.harness.footprint import cpu_seconds
from benchmarks.server import alone
from mnistlab.core.experiments.experiment import longest_first
from mnistlab.core.experiments.registry import EXPERIMENTS
from mnistlab.core.run import RunStatus
from mnistlab.core.settings.config import RunConfig
from mnistlab.engine.api import Engine
from mnistlab.engine.connection import EmbeddedCluster
from mnistlab.store import RunStore, open_store

CORES = CPU_COUNT
"""How many this process and its children may use."""
_USUAL = ("learning_rate", "optimizers", "depth")
_SECONDS_BETWEEN_LOOKS = 0.05
_QUIET = 0.1
"""Of one core: less than that, and the workers have nothing more to prepare."""
_SECONDS_TO_END = 600.0


@dataclass(frozen=True)
class Swept:
    """What came of the runs.

    Attributes:
        seconds: From the first one's begin to the last one's end.
        busy_seconds: Of processor time, which the workers used meanwhile.
        failed: How many came to no result.
    """

    seconds: float
    busy_seconds: float
    failed: int

    @property
    def busy_share(self) -> float:
        """The share of all cores that was used."""
        return self.busy_seconds / self.seconds / CORES


def main(arguments: Sequence[str]) -> Mapping[str, float | int | str | None]:
    """Train everything both ways and return the results by name."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks sweep [--json FILE]")
    parser.add_argument("--experiments", nargs="+", choices=[*EXPERIMENTS], default=_USUAL)
    names = parser.parse_args(arguments).experiments
    arms = longest_first(arm for name in names for arm in EXPERIMENTS[name].arms)
    configs = [arm.config for arm in arms]
    with tempfile.TemporaryDirectory(prefix="mnistlab-") as folder:
        swept = sweep(configs, Path(folder))
    before = alone.train_all(configs)
    alone_seconds = sum(run.seconds for run in before)
    return {
        "runs": len(configs),
        "runs_failed": swept.failed,
        "cores": CORES,
        "busy_share": swept.busy_share,
        "throughput_ratio": alone_seconds / swept.seconds,
        "sweep_seconds": swept.seconds,
        "alone_seconds": alone_seconds,
    }


def sweep(configs: Sequence[RunConfig], home: Path, seconds_of_quiet: float = 1.0) -> Swept:
    """Train `configs` for one lab on an engine with a `home` of its own."""
    with _open_engine(home, seconds_of_quiet) as (engine, store):
        lab = store.create_lab()
        run_ids = [engine.submit(lab, config, f"{n}") for n, config in enumerate(configs)]
        _wait_for_begin(engine, run_ids)
        began, before = time.monotonic(), cpu_seconds(_workers())
        _wait_for_ends(engine, run_ids)
        seconds, used = time.monotonic() - began, cpu_seconds(_workers()) - before
        failed = sum(store.run(each).status is not RunStatus.FINISHED for each in run_ids)
    return Swept(seconds, used, failed)


@contextmanager
def _open_engine(home: Path, seconds_of_quiet: float) -> Iterator[tuple[Engine, RunStore]]:
    """Open an engine whose workers are ready, as they are once somebody has opened a page."""
    with (
        closing(open_store(home).store) as store,
        closing(Engine(store, EmbeddedCluster(home))) as engine,
    ):
        engine.start()
        while engine.speed is None:
            time.sleep(_SECONDS_BETWEEN_LOOKS)
        while _cores_in_use(seconds_of_quiet) > _QUIET:
            pass
        yield engine, store


def _workers() -> list[psutil.Process]:
    """Return the processes below the cluster's, which is the only child."""
    children = psutil.Process().children()
    return [each for child in children for each in child.children(recursive=True)]


def _cores_in_use(seconds: float) -> float:
    workers = _workers()
    before = cpu_seconds(workers)
    time.sleep(seconds)
    return (cpu_seconds(workers) - before) / seconds


def _wait_for_begin(engine: Engine, run_ids: Sequence[str]) -> None:
    while not any(
        (live := engine.look(each)) and live.status is RunStatus.RUNNING for each in run_ids
    ):
        time.sleep(_SECONDS_BETWEEN_LOOKS)


def _wait_for_ends(engine: Engine, run_ids: Sequence[str]) -> None:
    end = time.monotonic() + _SECONDS_TO_END
    while any(engine.look(each) for each in run_ids):
        if time.monotonic() > end:
            raise RuntimeError(f"The runs are not over after {_SECONDS_TO_END:.0f} s")
        time.sleep(_SECONDS_BETWEEN_LOOKS)
