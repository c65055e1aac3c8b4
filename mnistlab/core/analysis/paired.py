"""How much better one run is than another, and whether that is beyond chance.

Runs are validated on the same images, of which the same are hard for both. The difference of
two runs is thus known better than the figure of either: its error comes from the differences of
single images, as in a paired test.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mnistlab.core.analysis.diagnosis.change import THRESHOLD
from mnistlab.core.training.per_image import ImageScores


@dataclass(frozen=True)
class Gain:
    """How much better a run is than another, on validation images of both.

    Beyond chance is what exceeds `THRESHOLD` standard errors.

    Attributes:
        accuracy: How many more of the images it classifies correctly, from -1 to 1.
        accuracy_error: Its standard error; infinite for a single image.
        loss: How much lower its loss is, in nats for each image; None if it is not known.
        loss_error: Its standard error, likewise.
    """

    accuracy: float
    accuracy_error: float
    loss: float | None = None
    loss_error: float | None = None

    @property
    def is_better(self) -> bool:
        """Whether its accuracy or its loss is better beyond chance."""
        return self.is_accuracy_better or self.is_loss_better

    @property
    def is_accuracy_better(self) -> bool:
        """Whether its accuracy is higher beyond chance."""
        return self.accuracy > THRESHOLD * self.accuracy_error

    @property
    def is_accuracy_worse(self) -> bool:
        """Whether its accuracy is lower beyond chance."""
        return -self.accuracy > THRESHOLD * self.accuracy_error

    @property
    def is_loss_better(self) -> bool:
        """Whether its loss is lower beyond chance."""
        if self.loss is None or self.loss_error is None:
            return False
        return self.loss > THRESHOLD * self.loss_error


def compare(one: ImageScores, other: ImageScores) -> Gain:
    """Return how much better `one` is than `other`, on the images that both have.

    The first validation images of a run with more are those of a run with fewer, as far as
    `ImageScores` keeps them: see `mnist.split`.
    """
    count = min(len(one.hits), len(other.hits))
    hits = one.hits[:count].astype(np.float64) - other.hits[:count]
    losses = other.losses[:count].astype(np.float64) - one.losses[:count]
    return Gain(float(hits.mean()), _error(hits), float(losses.mean()), _error(losses))


def compare_unpaired(
    one_accuracy: float, one_images: int, other_accuracy: float, other_images: int
) -> Gain:
    """Return how much more accurate one run is than another, without figures of single images.

    The error is that of independent images. As a rule it is too large, since hard images are
    hard for both runs.

    Args:
        one_accuracy: From 0 to 1.
        one_images: On how many images it was measured, at least 1.
        other_accuracy: Likewise, of the other run.
        other_images: Likewise.
    """
    error = math.sqrt(_variance(one_accuracy, one_images) + _variance(other_accuracy, other_images))
    return Gain(one_accuracy - other_accuracy, error)


def _error(differences: NDArray[np.float64]) -> float:
    """Return the standard error of the mean of differences, (images,)."""
    count = len(differences)
    if count < 2:
        return math.inf
    return float(differences.std(ddof=1)) / math.sqrt(count)


def _variance(accuracy: float, images: int) -> float:
    """Return the variance of an accuracy, estimated from its images (divided by n − 1)."""
    return accuracy * (1 - accuracy) / (images - 1) if images > 1 else math.inf
