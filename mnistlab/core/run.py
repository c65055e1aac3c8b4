"""A run's status and result."""

from dataclasses import dataclass
from enum import StrEnum

from mnistlab.core.arrays import Probabilities
from mnistlab.core.training.history import History
from mnistlab.core.training.per_image import ImageScores


class RunStatus(StrEnum):
    """A run's status.

    QUEUED and RUNNING runs are active. FINISHED ones reached their last epoch, STOPPED ones
    were stopped, the loss of DIVERGED ones became infinite or not a number (at the step in
    their history), FAILED ones had an error (in their message), INTERRUPTED ones lost their
    server.
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
    """The result of training.

    Attributes:
        status: FINISHED, STOPPED or DIVERGED.
        history: The curves, complete.
        weights: The weights to predict with, as safetensors: the best epoch's, or the last
            without validation images. None if the run diverged before there were any.
        checkpoint: The state to continue from, as safetensors. None if the run diverged.
        test_probabilities: The predictions of `weights` for the 10,000 test images,
            (10000, 10). None without weights.
        test_correct: How many of the test images these classify correctly; None likewise.
        validation: The figures of `weights` for single validation images; None without such
            images or weights, or if the run was stopped before its first epoch ended.
    """

    status: RunStatus
    history: History
    weights: bytes | None = None
    checkpoint: bytes | None = None
    test_probabilities: Probabilities | None = None
    test_correct: int | None = None
    validation: ImageScores | None = None
