"""A run's status and result."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from mnistlab.core.arrays import Float32Array, Probabilities
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
class SuspiciousLabels:
    """The training images whose given labels the network resisted longest.

    An image's margin is the logit of its label minus the largest of the others, in nats, the mean
    up to the best epoch (Pleiss et al. 2020, "Identifying mislabeled data using the area under
    the margin ranking"). A low one is a reason to look, and no proof.

    Attributes:
        indices: Their places among MNIST's 60,000 training images, the most suspicious first,
            int32 (n,). All of them have a negative margin.
        labels: The labels they were trained with, int8 (n,).
        predictions: For each the digit other than its label that the network finds most
            probable, int8 (n,).
        margins: Their margins, ascending, float32 (n,).
        negative: How many training images have a negative margin, listed or not.
        likely_wrong: About how many labels are wrong; 0 if the network's own mistakes explain
            as many, None if nothing tells (no validation images).
    """

    indices: NDArray[np.int32]
    labels: NDArray[np.int8]
    predictions: NDArray[np.int8]
    margins: Float32Array
    negative: int
    likely_wrong: int | None


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
        suspicious_labels: Of its training images; None without weights or a whole epoch, or if
            its earlier part was trained before margins were kept.
    """

    status: RunStatus
    history: History
    weights: bytes | None = None
    checkpoint: bytes | None = None
    test_probabilities: Probabilities | None = None
    test_correct: int | None = None
    validation: ImageScores | None = None
    suspicious_labels: SuspiciousLabels | None = None
