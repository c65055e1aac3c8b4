"""Selects images by label and prediction, and sorts them by confidence."""

import functools
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from mnistlab.core.arrays import Labels, Probabilities


class SortOrder(StrEnum):
    """How digits are sorted."""

    SUREST = "Most confident first"
    LEAST_SURE = "Least confident first"
    AS_STORED = "By number"


@dataclass(frozen=True)
class PredictedDigits:
    """A network's predictions for the test images or a handwriting set.

    Attributes:
        labels: The images' digits, (n,).
        probabilities: Ten for each image, (n, 10).
    """

    labels: Labels
    probabilities: Probabilities

    @functools.cached_property
    def predictions(self) -> Labels:
        """The most probable digit of each image, (n,)."""
        predictions: Labels = self.probabilities.argmax(axis=1)
        return predictions

    @functools.cached_property
    def confidences(self) -> Probabilities:
        """The probability of each prediction, (n,)."""
        confidences: Probabilities = self.probabilities.max(axis=1)
        return confidences

    def find(
        self, label: int | None, prediction: int | None, order: SortOrder
    ) -> NDArray[np.int64]:
        """Return the indices of matching images; mistakes alone unless both are named.

        Args:
            label: Their digit; None for any.
            prediction: Their predicted digit; None for any.
            order: How to sort them.
        """
        predictions = self.predictions
        wanted = np.ones(len(self.labels), dtype=bool)
        if label is not None:
            wanted &= self.labels == label
        if prediction is not None:
            wanted &= predictions == prediction
        if label is None or prediction is None:
            wanted &= predictions != self.labels
        return self._sort(np.flatnonzero(wanted), order)

    def find_all(self, order: SortOrder) -> NDArray[np.int64]:
        """Return the indices of all images, mistakes before the others.

        Args:
            order: How to sort each of the two.
        """
        wrong = self.predictions != self.labels
        parts = (self._sort(np.flatnonzero(part), order) for part in (wrong, ~wrong))
        return np.concatenate([*parts])

    def _sort(self, indices: NDArray[np.int64], order: SortOrder) -> NDArray[np.int64]:
        if order is SortOrder.AS_STORED:
            return indices
        confidences = self.confidences[indices]
        sign = -1 if order is SortOrder.SUREST else 1
        return indices[np.argsort(sign * confidences, kind="stable")]
