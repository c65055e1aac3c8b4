"""What the server hands to a worker. Imports no torch, which only workers need."""

from dataclasses import dataclass

import psutil
from distributed import Worker, WorkerPlugin

from mnistlab.core.config import RunConfig
from mnistlab.core.distortions import Samples
from mnistlab.core.history import History
from mnistlab.core.run import RunResult
from mnistlab.core.speed import Speed
from mnistlab.engine import cores


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
        lab: The key of its lab, by which turns are taken.
        config: Its settings.
        stop_name: The Dask event that is set to stop it.
        continuation: Where to go on from, if it is not to start from its seed.
        topic: The Dask topic on which the server listens; another for each connection.
    """

    run_id: str
    lab: str
    config: RunConfig
    stop_name: str
    continuation: Continuation | None = None
    topic: str = ""


def train_order(order: Order) -> RunResult:
    """Train a run in this worker, reporting on the way; return what it leaves behind."""
    from mnistlab.engine import worker

    return worker.train_order(order)


@dataclass(frozen=True)
class Introduction:
    """What a worker tells when the server first meets it.

    Attributes:
        speed: What a training step costs on its machine.
        samples: Distorted training images, which only torch can make.
    """

    speed: Speed
    samples: Samples


def introduce_worker() -> Introduction:
    """Have this worker introduce itself."""
    from mnistlab.engine import worker

    return worker.introduce()


class WarmUp(WorkerPlugin):
    """Makes a new worker ready before its first run: torch imported, images read."""

    name = "mnistlab-warm-up"

    def setup(self, worker: Worker) -> None:
        """Give way to the pages in everything, then import and read."""
        lower = 10 if psutil.POSIX else getattr(psutil, "BELOW_NORMAL_PRIORITY_CLASS", 10)
        psutil.Process().nice(lower)
        cores.prepare()
        from mnistlab.engine import worker as ours

        cores.keep_alone()
        ours.images()
