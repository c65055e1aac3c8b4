"""Loss and accuracy of training steps, computed for many of them at once."""

from dataclasses import dataclass
from itertools import accumulate

import numpy as np
import torch
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


class PendingMetrics:
    """Keeps the predictions of batches until their loss and accuracy are needed.

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

    def take(self) -> list[Batch]:
        """Return the figures of each batch, in order, and remove all batches."""
        if not self._labels:
            return []
        sizes = [len(labels) for labels in self._labels]
        labels = torch.cat(self._labels)  # (images,)
        log_probabilities = torch.cat(self._log_probabilities, dim=1)  # (10, images)
        self._log_probabilities, self._labels = [], []
        losses = -log_probabilities.gather(0, labels[None])[0].numpy()  # (images,)
        hits = (log_probabilities.max(dim=0).indices == labels).numpy()  # (images,)
        starts = list(accumulate(sizes[:-1], initial=0))
        sums = np.add.reduceat(losses, starts, dtype=np.float64).tolist()
        correct = np.add.reduceat(hits, starts, dtype=np.int64).tolist()
        return [Batch(*each) for each in zip(sums, correct, sizes, strict=True)]
