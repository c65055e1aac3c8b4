"""What speaks for a candidate: that it looks like a digit, and that it accounts for the ink."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mnistlab.core.analysis.likeness import LIMIT, NEIGHBOURS, novelty_score
from mnistlab.core.analysis.neighbours import TrainingImages, find_nearest
from mnistlab.core.arrays import Float32Array, Float64Array, Pixels, Probabilities, Views
from mnistlab.core.drawing.views import view_ink
from mnistlab.core.network.numpy_forward import Network, predict_views
from mnistlab.core.pictures.candidates import Candidate
from mnistlab.core.pictures.features import FEATURES, describe
from mnistlab.core.pictures.pen import fit_pen

SHORTLIST = 6
"""Candidates that are compared with MNIST's images, which takes 10 ms each."""

WEIGHTS: Mapping[str, tuple[float, float]] = {
    "one": (-1.631, 4.245),
    "confidence": (1.962, 0.900),
    "rest": (-3.076, -5.333),
    "rivals": (0.224, 2.567),
    "size": (-0.324, 0.271),
    "small": (-4.091, -4.522),
    "whole": (0.0, 0.0),
    "sides": (-2.037, -1.508),
    "contrast": (-0.165, 0.066),
    "over_noise": (0.664, 0.689),
    "foreign": (-1.259, -1.053),
    "light": (-0.720, -1.057),
    "colour": (0.835, -0.051),
    "fine": (-0.730, -0.607),
    "faint": (0.371, 0.391),
    "near_lines": (-0.333, 0.007),
    "own_lines": (0.151, 2.002),
    "enclosed": (-19.910, -28.281),
    "fill": (-3.675, -4.151),
    "slender": (-1.021, -1.458),
    "parts": (-1.501, -1.136),
    "novelty": (0.000, -12.494),
    "novelty_above_limit": (0.000, -4.097),
}
"""By feature, to choose the shortlist, and to weigh those on it, of which the likeness to MNIST's
images is known as well. Our own measurement: `python -m benchmarks fit_evidence`."""

FIRST_WEIGHTS = np.array([WEIGHTS[name][0] for name in FEATURES])
LAST_WEIGHTS = np.array([last for _, last in WEIGHTS.values()])


@dataclass(frozen=True, eq=False)
class DigitModel:
    """What digits look like.

    Attributes:
        network: A trained one, which tells them apart.
        training: MNIST's images, to which what is no digit is not alike.
    """

    network: Network
    training: TrainingImages


@dataclass(frozen=True, eq=False)
class Judged:
    """A candidate and what speaks for it.

    Attributes:
        candidate: Marks that may be the digit.
        probabilities: The network's, (10,).
        plausibility: The probability that it is the digit that is meant.
    """

    candidate: Candidate
    probabilities: Probabilities
    plausibility: float


def judge(candidates: Sequence[Candidate], model: DigitModel) -> list[Judged]:
    """Return the candidates that may well be the digit, the most plausible first.

    All plausibilities add up to 1 at most; what is missing is the probability that none is.
    """
    if not candidates:
        return []
    views, predictions, features = look_at(candidates, model.network)
    short = shortlist(features, FIRST_WEIGHTS)
    likeness = measure_likeness(views[short, 0], model.training)
    scores = np.hstack([features[short], likeness]) @ LAST_WEIGHTS
    shares = _share(scores)
    order = np.argsort(-shares, kind="stable")
    return [Judged(candidates[short[i]], predictions[short[i]], float(shares[i])) for i in order]


def look_at(
    candidates: Sequence[Candidate], network: Network
) -> tuple[Views, Probabilities, Float32Array]:
    """Return all views (n, views, 28, 28), the network's probabilities (n, 10), the features."""
    views = np.stack([view_ink(fit_pen(candidate.ink)) for candidate in candidates])
    predictions = predict_views(network, views)
    features = [describe(c, p) for c, p in zip(candidates, predictions, strict=True)]
    return views, predictions, np.stack(features)


def shortlist(features: Float32Array, weights: Float64Array) -> NDArray[np.intp]:
    """Return the places of the candidates with the best features."""
    return np.argsort(-(features @ weights), kind="stable")[:SHORTLIST]


def measure_likeness(images: Pixels, training: TrainingImages) -> Float64Array:
    """Return the novelty score of images (n, 28, 28), and what it has above its limit: (n, 2)."""
    novelty = np.array(
        [novelty_score(image, find_nearest(training, image, NEIGHBOURS)) for image in images]
    )
    return np.stack([novelty, np.maximum(novelty - LIMIT, 0)], axis=1)


def _share(scores: Float64Array) -> Float64Array:
    """Return the softmax of scores and a zero, which stands for none of them, without the last."""
    highest = max(float(scores.max()), 0.0)
    powers = np.exp(scores - highest)
    shares: Float64Array = powers / (powers.sum() + np.exp(-highest))
    return shares
