"""What the server hands to a worker. Imports no torch, which only workers need."""

import os
from dataclasses import dataclass

import psutil
from distributed import Worker, WorkerPlugin

from mnistlab.core.config import RunConfig
from mnistlab.core.history import History
from mnistlab.core.run import RunResult
from mnistlab.core.speed import Speed


@dataclass(frozen=True)
class Continuation:
    """Where an earlier part of a run ended, as stored.

    Attributes:
        checkpoint: Its last step, as safetensors.
        weights: Its best epoch's weights, as safetensors.
        history: Its curves.
    """

    checkpoint: bytes
    weights: bytes
    history: History


@dataclass(frozen=True)
class Order:
    """One run to be trained.

    Attributes:
        run_id: The run's id in the store.
        config: Its settings.
        topic: The Dask topic on which the server listens.
        stop_name: The Dask event that is set to stop it.
        continuation: Where to go on from, if it is not to start from its seed.
    """

    run_id: str
    config: RunConfig
    topic: str
    stop_name: str
    continuation: Continuation | None = None


def train_order(order: Order) -> RunResult:
    """Train a run in this worker, reporting on the way; return what it leaves behind."""
    from mnistlab.engine import worker

    return worker.train_order(order)


def measure_worker() -> Speed:
    """Time a few training steps in this worker."""
    from mnistlab.engine import worker

    return worker.measure()


class WarmUp(WorkerPlugin):
    """Makes a new worker ready before its first run: torch imported, images read."""

    name = "mnistlab-warm-up"

    def setup(self, worker: Worker) -> None:
        """Give way to the pages in everything, then import and read."""
        lower = 10 if psutil.POSIX else getattr(psutil, "BELOW_NORMAL_PRIORITY_CLASS", 10)
        psutil.Process().nice(lower)
        # A thread that waits for the others sleeps instead of spinning. On two cores that
        # pages, a browser or other runs want too, spinning threads wait for ones that are
        # not being run: epochs of 3.5 s then took 7 to 100 s (our own measurement). It is
        # here, as torch is not imported yet, so that it holds for other clusters too.
        os.environ.setdefault("OMP_WAIT_POLICY", "passive")
        from mnistlab.engine import worker as ours

        ours.images()
