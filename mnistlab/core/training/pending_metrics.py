"""Loss, accuracy and margins of training steps, computed for many of them at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor


@dataclass(frozen=True)
class Batch:
    """A network's figures on a batch, before the batch's step.

    Attributes:
        loss: Sum of its images' cross-entropies, in nats.
        correct: Images classified correctly.
        images: Their number.
    """

    loss: float
    correct: int
    images: int


class Taken(NamedTuple):
    """The figures of several batches.

    Attributes:
        batches: One for each.
        margins: Of all their images, in nats: the logit of the label minus the largest of the
            others, (images,).
    """

    batches: list[Batch]
    margins: Tensor


class PendingMetrics:
    """Keeps the predictions of batches until their figures are needed.

    Many batches are compared with their labels as fast as one: done in each step, one of the
    notebook's network takes 14 % more (`python -m benchmarks steps`, our own measurement).
    """

    def __init__(self) -> None:
        self._log_probabilities: list[Tensor] = []
        self._labels: list[Tensor] = []

    def add(self, log_probabilities: Tensor, labels: Tensor) -> None:
        """Add a batch's log-probabilities, (10, batch), and labels, (batch,)."""
        self._log_probabilities.append(log_probabilities)
        self._labels.append(labels)

    def take(self) -> Taken:
        """Return the figures of all batches, in order, and remove the batches."""
        if not self._labels:
            return Taken([], torch.empty(0))
        sizes = [len(labels) for labels in self._labels]
        labels = torch.cat(self._labels)  # (images,)
        log_probabilities = torch.cat(self._log_probabilities, dim=1)  # (10, images)
        self._log_probabilities, self._labels = [], []
        of_label = log_probabilities.gather(0, labels[None])[0]  # (images,)
        hits = (log_probabilities.max(dim=0).indices == labels).numpy()  # (images,)
        # In place, since `cat` has copied them.
        others = log_probabilities.scatter_(0, labels[None], -torch.inf)  # (10, images)
        margins = of_label - others.amax(dim=0)  # (images,), as logits differ
        return Taken(sum_batches(-of_label.numpy(), hits, sizes), margins)


def sum_batches(
    losses: NDArray[np.float32], hits: NDArray[np.bool_], sizes: Sequence[int]
) -> list[Batch]:
    """Return the figures of batches that stand in a row.

    Args:
        losses: Each image's cross-entropy, in nats, (images,).
        hits: Whether each was classified correctly, (images,).
        sizes: Images in each batch, (batches,).
    """
    starts = list(accumulate(sizes[:-1], initial=0))
    sums = np.add.reduceat(losses, starts, dtype=np.float64).tolist()
    correct = np.add.reduceat(hits, starts, dtype=np.int64).tolist()
    return [Batch(*each) for each in zip(sums, correct, sizes, strict=True)]
