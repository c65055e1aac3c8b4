"""A Dask cluster as an administrator starts one, and engines that use it."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from distributed import Client

from mnistlab.engine.api import Engine
from mnistlab.engine.connection import Connection, ExistingCluster
from mnistlab.engine.worker.sharing import TRAIN_PREFIX
from mnistlab.store import open_store
from tests.engine.conftest import Lab
from tests.factories import SECONDS, wait_until
from tests.services.postgresql import free_port

PROJECT = Path(__file__).parents[2]


@dataclass
class Cluster:
    """`dask scheduler` and one `dask worker`.

    Attributes:
        home: The workers' MNISTLAB_HOME.
        processes: How many processes train.
        threads: How many runs each of them trains at a time.
        protocol: tcp or tls.
        options: What both commands are given besides.
    """

    home: Path
    processes: int = 2
    threads: int = 1
    protocol: str = "tcp"
    options: tuple[str, ...] = ()
    port: int = field(default_factory=free_port)
    scheduler: subprocess.Popen[bytes] | None = None
    workers: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"{self.protocol}://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.scheduler = self._dask("scheduler", "--host", self.address, "--no-dashboard")
        self.start_workers()

    def start_workers(self) -> None:
        counts = ("--nthreads", str(self.threads), "--nworkers", str(self.processes))
        options = ("--memory-limit", "0", "--no-dashboard")
        self.workers = self._dask("worker", self.address, *counts, *options)

    def kill_scheduler(self) -> None:
        """Kill the scheduler, whose workers then end by themselves."""
        assert self.scheduler
        assert self.workers
        self.scheduler.kill()
        self.scheduler.wait()
        self.workers.wait(SECONDS)

    def stop(self) -> None:
        for process in (self.workers, self.scheduler):
            if process is not None and process.poll() is None:
                process.send_signal(signal.SIGTERM)
                process.wait(SECONDS)

    def trainers(self) -> dict[str, tuple[str, ...]]:
        """Return what is trained where: the runs' tasks of each worker, by its address."""
        with self._client() as client:
            return _runs(client)

    def kill_a_trainer(self) -> None:
        """Kill a process that trains just now, as soon as one does."""
        with self._client() as client:

            def trainers() -> list[str]:
                return [worker for worker, tasks in _runs(client).items() if tasks]

            wait_until(lambda: bool(trainers()), "A worker's task")
            [pid] = client.run(os.getpid, workers=trainers()[:1]).values()
        os.kill(pid, signal.SIGKILL)

    def _client(self) -> Client:
        return Client(self.address, set_as_default=False, timeout=SECONDS)

    def _dask(self, *arguments: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "dask", *arguments, *self.options],
            cwd=PROJECT,
            env={**os.environ, "MNISTLAB_HOME": str(self.home)},
        )


def _runs(client: Client) -> dict[str, tuple[str, ...]]:
    """Return the runs that each worker has; a server also asks them how fast they are."""
    return {
        worker: tuple(task for task in tasks if task.startswith(TRAIN_PREFIX))
        for worker, tasks in client.processing().items()
    }


@contextmanager
def started(cluster: Cluster) -> Iterator[Cluster]:
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()


@pytest.fixture(scope="session")
def cluster(mnist_cache: Path) -> Iterator[Cluster]:
    """A cluster that is shared by tests; each leaves it as it was."""
    with started(Cluster(mnist_cache.parent)) as running:
        yield running


Begin = Callable[[Connection], Lab]


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Begin]:
    """Begin a lab on a server of its own, whose engine trains over a connection."""
    with ExitStack() as stack:

        def begin(connection: Connection) -> Lab:
            opened = open_store(tmp_path)
            stack.callback(opened.store.close)
            engine = Engine(opened.store, connection)
            stack.callback(engine.close)
            engine.start()
            return Lab(opened.store.create_lab(), engine, opened.store)

        yield begin


@pytest.fixture
def lab(begin: Begin, cluster: Cluster) -> Lab:
    """A lab whose runs are trained by the shared cluster, with both its workers there."""
    lab = begin(ExistingCluster(cluster.address))
    wait_until(lambda: len(cluster.trainers()) == 2, "The workers' start")
    return lab
