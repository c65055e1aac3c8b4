"""A real engine: its own cluster process, its own database file."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from mnistlab.core.config import RunConfig
from mnistlab.core.run import RunStatus
from mnistlab.engine import Engine
from mnistlab.engine.connection import EmbeddedCluster
from mnistlab.store import RunRecord, RunStore, open_store

SMALL = RunConfig(
    units=(32,), training_images=2_000, validation_images=500, epochs=2, batch_size=50
)
"""Over in a second."""

LONG = RunConfig(units=(256,), training_images=20_000, validation_images=500, epochs=200)
"""Not over within any test."""

SECONDS = 180.0


def wait_for(condition: Callable[[], bool], what: str) -> None:
    """Wait for another process to do something; fail if it does not."""
    end = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < end, f"{what} did not happen within {SECONDS:.0f} s"
        time.sleep(0.02)


@dataclass
class Lab:
    """A lab with its engine and store, and what tests do with them."""

    key: str
    engine: Engine
    store: RunStore

    def submit(self, config: RunConfig) -> str:
        return self.engine.submit(self.key, config, "a run")

    def wait_for_end(self, run_id: str) -> RunRecord:
        wait_for(lambda: not self.store.run(run_id).status.is_active, "The run's end")
        wait_for(lambda: self.engine.look(run_id) is None, "The live run's end")
        return self.store.run(run_id)

    def wait_for_points(self, run_id: str, count: int = 3) -> None:
        def has_points() -> bool:
            live = self.engine.look(run_id)
            return live is not None and len(live.history.steps) >= count

        wait_for(has_points, "The first points")

    def train(self, config: RunConfig) -> RunRecord:
        return self.wait_for_end(self.submit(config))

    def train_partly(self, config: RunConfig) -> RunRecord:
        run_id = self.submit(config)
        self.wait_for_points(run_id)
        self.engine.stop(self.key, run_id)
        record = self.wait_for_end(run_id)
        assert record.status is RunStatus.STOPPED
        return record


@pytest.fixture(scope="session")
def engine_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def shared_engine(engine_home: Path) -> Iterator[tuple[Engine, RunStore]]:
    opened = open_store(engine_home)
    engine = Engine(opened.store, EmbeddedCluster(opened.home))
    engine.start()
    yield engine, opened.store
    engine.close()
    opened.store.close()


@pytest.fixture
def lab(shared_engine: tuple[Engine, RunStore]) -> Lab:
    engine, store = shared_engine
    return Lab(store.create_lab(), engine, store)


@pytest.fixture
def other_lab(shared_engine: tuple[Engine, RunStore]) -> Lab:
    engine, store = shared_engine
    return Lab(store.create_lab(), engine, store)


def processes_of(home: Path, module: str) -> list[psutil.Process]:
    """Return the processes of the cluster at `home` whose command line names `module`."""
    below = psutil.Process().children(recursive=True)
    named = [process for process in below if module in " ".join(process.cmdline())]
    return [process for process in named if process.environ()["MNISTLAB_HOME"] == str(home)]
