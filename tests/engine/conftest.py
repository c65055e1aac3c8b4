"""A real engine: its own cluster process, its own database file."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from mnistlab.core.run import RunStatus
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.history import History
from mnistlab.engine.api import Engine
from mnistlab.engine.connection import EmbeddedCluster, ExistingCluster
from mnistlab.store import RunRecord, RunStore, open_store
from tests.factories import not_none, wait_until

_TRIES = 5


@dataclass
class Lab:
    """A lab with its engine and store, and what tests do with them."""

    key: str
    engine: Engine
    store: RunStore

    def submit(self, config: RunConfig) -> str:
        return self.engine.submit(self.key, config, "a run")

    def wait_for_end(self, run_id: str) -> RunRecord:
        wait_until(lambda: not self.store.run(run_id).status.is_active, "The run's end")
        wait_until(lambda: self.engine.look(run_id) is None, "The live run's end")
        return self.store.run(run_id)

    def points(self, run_id: str) -> int:
        """Count the points that a run's present attempt shows; none once it is over."""
        live = self.engine.look(run_id)
        return len(live.history.steps) if live else 0

    def wait_for_points(self, run_id: str, count: int = 3) -> None:
        """Wait for points of a run that goes on; fail at once if it is over instead."""
        assert self._shows(run_id, count), "The run was over before it was seen to go on"

    def attempt(self, run_id: str) -> float | None:
        """Tell a run's attempts apart: by how long the first step took, never twice the same.

        None while there is none with a point.
        """
        live = self.engine.look(run_id)
        return live.history.steps[0].seconds if live and live.history.steps else None

    def wait_for_another_attempt(self, run_id: str, before: float | None) -> None:
        """Wait for points that come from another attempt than the one `before`."""
        wait_until(lambda: self.attempt(run_id) != before, "Another attempt")
        self.wait_for_points(run_id)

    def stop(self, run_id: str) -> History:
        """Stop a run that goes on; return the curve it leaves."""
        self.engine.stop(self.key, run_id)
        assert self.wait_for_end(run_id).status is RunStatus.STOPPED
        return self.store.history(run_id)

    def stop_all(self) -> None:
        """Stop the runs that go on, the newest first, which wait for the others."""
        for record in self.store.runs(self.key):
            if self.store.run(record.id).status.is_active:
                self.engine.stop(self.key, record.id)
                self.wait_for_end(record.id)

    def train(self, config: RunConfig) -> RunRecord:
        return self.wait_for_end(self.submit(config))

    def train_partly(self, config: RunConfig, count: int = 3) -> RunRecord:
        """Train a run until it has some points, and stop it.

        Where others have the processor, a short run may be over before this process sees
        its points or is heard with its stop; then another is tried.
        """
        for _ in range(_TRIES):
            run_id = self.submit(config)
            if self._shows(run_id, count):
                self.engine.stop(self.key, run_id)
            record = self.wait_for_end(run_id)
            if record.status is RunStatus.STOPPED:
                return record
        pytest.fail(f"Of {_TRIES} runs none could be stopped on its way")

    def _shows(self, run_id: str, count: int) -> bool:
        """Wait until a run has points, or is over; tell whether it has points."""

        def is_over() -> bool:
            return not self.store.run(run_id).status.is_active

        wait_until(lambda: self.points(run_id) >= count or is_over(), "The first points")
        return not is_over()


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
def existing_cluster(shared_engine: tuple[Engine, RunStore]) -> ExistingCluster:
    """The shared engine's cluster, as another server connects to it."""
    dispatcher = shared_engine[0]._dispatcher
    wait_until(lambda: dispatcher._link is not None, "The connection to the cluster")
    scheduler = not_none(dispatcher._link).client.scheduler_info()
    return ExistingCluster(scheduler["address"])


@pytest.fixture
def lab(shared_engine: tuple[Engine, RunStore]) -> Iterator[Lab]:
    yield from _lab(shared_engine)


@pytest.fixture
def other_lab(shared_engine: tuple[Engine, RunStore]) -> Iterator[Lab]:
    yield from _lab(shared_engine)


def _lab(shared_engine: tuple[Engine, RunStore]) -> Iterator[Lab]:
    """Yield a lab; what a test that failed leaves of its runs takes no worker from the next."""
    engine, store = shared_engine
    lab = Lab(store.create_lab(), engine, store)
    yield lab
    lab.stop_all()


def processes_of(home: Path, module: str) -> list[psutil.Process]:
    """Return the processes of the cluster at `home` whose command line names `module`."""
    below = psutil.Process().children(recursive=True)
    return [process for process in below if _is_of(process, home, module)]


def workers_of(home: Path) -> list[psutil.Process]:
    """Return the workers of the cluster at `home`: those that were forked."""
    forks = processes_of(home, "forkserver")
    return [process for process in forks if process.parent() in forks]


def _is_of(process: psutil.Process, home: Path, module: str) -> bool:
    try:
        is_named = module in " ".join(process.cmdline())
        return is_named and process.environ()["MNISTLAB_HOME"] == str(home)
    except psutil.NoSuchProcess:  # it has ended since it was listed
        return False


def common_part(one: History, other: History) -> tuple[History, History]:
    """Return two curves, each up to where the shorter one ends.

    So can runs be compared that were stopped at different moments.
    """
    step = min(one.steps[-1].step, other.steps[-1].step)
    return one.up_to(step), other.up_to(step)
