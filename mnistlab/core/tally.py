"""Steps whose figures have not been added up yet."""

import torch
from torch import Tensor

from mnistlab.core.backprop import Outcome
from mnistlab.core.checkpoint import Meter


class Tally:
    """Keeps what the network made of each batch until somebody wants to know.

    Many batches are compared with their labels as fast as one: done in each step, it would take
    2 % of an epoch of the notebook's network (our own measurement, two cores).
    """

    def __init__(self) -> None:
        self._losses: list[float] = []
        self._logits: list[Tensor] = []
        self._labels: list[Tensor] = []

    def add(self, outcome: Outcome, labels: Tensor) -> None:
        """Keep the outcome of a batch with these labels (batch,)."""
        self._losses.append(outcome.loss)
        self._logits.append(outcome.logits)
        self._labels.append(labels)

    def count_into(self, *meters: Meter) -> None:
        """Add all to each of the meters, and keep nothing."""
        if not self._losses:
            return
        hits = torch.cat(self._logits).argmax(dim=1) == torch.cat(self._labels)  # (images,)
        correct = int(hits.sum())
        for meter in meters:
            meter.correct += correct
            for loss, labels in zip(self._losses, self._labels, strict=True):
                meter.add(loss, len(labels))
        for kept in (self._losses, self._logits, self._labels):
            kept.clear()
