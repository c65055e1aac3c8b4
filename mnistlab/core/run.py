"""A run's life: its states, and what is left when it ends."""

from dataclasses import dataclass
from enum import StrEnum

from mnistlab.core.arrays import Probabilities
from mnistlab.core.training.history import History


class RunStatus(StrEnum):
    """Where a run is in its life.

    QUEUED and RUNNING runs go on by themselves. FINISHED ones reached their last
    epoch, STOPPED ones were told to stop, the loss of DIVERGED ones became infinite or not
    a number (their history says when), FAILED ones could not go on (their message says
    why), INTERRUPTED ones lost the server that ran them.
    """

    QUEUED = "queued"
    RUNNING = "running"
    FINISHED = "finished"
    STOPPED = "stopped"
    DIVERGED = "diverged"
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
        status: FINISHED, STOPPED or DIVERGED.
        history: The curves, complete.
        weights: The weights to predict with from now on, as safetensors: the best
            epoch's, or the last without validation images. None if the run diverged
            before there were any.
        checkpoint: What is needed to train on from the last step, as safetensors.
            None if the run diverged.
        test_probabilities: What `weights` make of the 10,000 test images, (10000, 10).
            None without weights.
        test_correct: How many of the test images these classify correctly; None likewise.
    """

    status: RunStatus
    history: History
    weights: bytes | None = None
    checkpoint: bytes | None = None
    test_probabilities: Probabilities | None = None
    test_correct: int | None = None
