"""Jobs that the server sends to a worker. Imports neither torch nor Dask, which take time."""

import uuid
from dataclasses import dataclass

from mnistlab.core.run import RunResult
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.distortions import Samples
from mnistlab.core.training.cost.speed import Speed
from mnistlab.core.training.history import History


@dataclass(frozen=True)
class Continuation:
    """The stored end of an earlier part of a run.

    Attributes:
        checkpoint: Its last step, as safetensors.
        weights: Its best epoch's weights, as safetensors.
        history: Its curves.
    """

    checkpoint: bytes
    weights: bytes
    history: History


@dataclass(frozen=True)
class TrainingJob:
    """One run to be trained.

    Attributes:
        run_id: The run's id in the store.
        lab: The key of its lab.
        config: Its settings.
        stop_name: The Dask event that is set to stop it.
        attempt: Which of the run's attempts in the store this is.
        continuation: Where to continue from; None starts from the seed.
        topic: The Dask topic to report on; another for each connection.
    """

    run_id: str
    lab: str
    config: RunConfig
    stop_name: str
    attempt: int
    continuation: Continuation | None = None
    topic: str = ""

    @property
    def changes_topic(self) -> str:
        """The Dask topic of all changes of learning rates, for a worker that begins a job again."""
        return f"{self.topic}-rate-changes"


def new_stop_name() -> str:
    """Return a new name of a Dask event that is set to stop a job."""
    return f"stop-{uuid.uuid4().hex}"


def run_job(job: TrainingJob) -> RunResult:
    """Train a run in this worker, reporting on the way; return its result."""
    from mnistlab.engine.worker import run_job as worker

    return worker.run_job(job)


@dataclass(frozen=True)
class WorkerProfile:
    """Measurements and samples that the server requests from the first idle worker.

    Attributes:
        speed: What a training step costs on its machine.
        samples: Distorted training images, which only torch can make.
    """

    speed: Speed
    samples: Samples


def profile_worker(stop_name: str) -> WorkerProfile | None:
    """Measure this worker, unless the Dask event of that name is set meanwhile."""
    from mnistlab.engine.worker import run_job as worker

    return worker.profile(stop_name)
