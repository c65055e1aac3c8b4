"""Measures of classification, as fractions and not percent."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mnistlab.core.arrays import Counts, Labels
from mnistlab.core.settings.config import DIGITS

NORMAL_95 = 1.959964
"""Standard errors on either side of an estimate that make a 95 % interval."""


@dataclass(frozen=True)
class Interval:
    """A confidence interval."""

    low: float
    high: float


def wilson_interval(correct: int, total: int, z: float = NORMAL_95) -> Interval:
    """Return the 95 % interval of an accuracy measured on `total` images.

    Wilson's score interval (1927), which unlike the normal approximation stays
    within 0 to 1 and holds near both ends; recommended by Brown, Cai & DasGupta,
    "Interval estimation for a binomial proportion" (2001).

    Args:
        correct: Images classified correctly.
        total: Images classified, at least 1.
        z: The normal quantile; that of 95 % by default.
    """
    share = correct / total
    spread = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    centre = share + z * z / (2 * total)
    scale = 1 + z * z / total
    return Interval(max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale))


def confusion_matrix(labels: Labels, predictions: Labels) -> Counts:
    """Count images by label and prediction: `matrix[label, prediction]`, (10, 10)."""
    pairs = labels * DIGITS + predictions
    return np.bincount(pairs, minlength=DIGITS * DIGITS).reshape(DIGITS, DIGITS)


def accuracy_by_digit(matrix: Counts) -> NDArray[np.float64]:
    """Return each digit's accuracy, (10,); nan for a digit without images."""
    totals = matrix.sum(axis=1)
    shares = np.full(DIGITS, np.nan)
    np.divide(matrix.diagonal(), totals, out=shares, where=totals > 0)
    return shares
