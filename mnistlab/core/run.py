"""A run's life: its states, and what is left when it ends."""

from dataclasses import dataclass
from enum import StrEnum

from mnistlab.core.analysis.metrics import Probabilities
from mnistlab.core.training.history import History


class RunStatus(StrEnum):
    """Where a run is in its life.

    QUEUED and RUNNING runs go on by themselves. FINISHED ones reached their last
    epoch, STOPPED ones were told to stop, FAILED ones could not go on (their
    message says why), INTERRUPTED ones lost the server that ran them.
    """

    QUEUED = "queued"
    RUNNING = "running"
    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "failed"
    INTERRUPTED = "interrupted"

    @property
    def is_active(self) -> bool:
        """Whether the run may still change by itself."""
        return self in (RunStatus.QUEUED, RunStatus.RUNNING)


@dataclass(frozen=True)
class RunResult:
    """What training leaves behind.

    Attributes:
        status: FINISHED, STOPPED or FAILED.
        message: Why it failed and what to try; empty otherwise.
        history: The curves, complete.
        weights: The weights that are asked from now on, as safetensors: the best
            epoch's, or the last without validation images. None if the run failed.
        checkpoint: What is needed to train on from the last step, as safetensors.
            None if the run failed.
        test_probabilities: What `weights` make of the 10,000 test images, (10000, 10).
            None if the run failed.
        test_correct: How many of the test images that reads right; None likewise.
    """

    status: RunStatus
    message: str
    history: History
    weights: bytes | None = None
    checkpoint: bytes | None = None
    test_probabilities: Probabilities | None = None
    test_correct: int | None = None
