"""What speaks for a candidate: that it looks like a digit, and that it accounts for the ink."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mnistlab.core.analysis.likeness import LIMIT, NEIGHBOURS, novelty_score
from mnistlab.core.analysis.neighbours import TrainingImages, find_nearest
from mnistlab.core.arrays import Float32Array, Float64Array, Pixels, Probabilities, Views
from mnistlab.core.drawing.views import view_ink
from mnistlab.core.network.numpy_forward import Network, predict_views
from mnistlab.core.pictures.candidates import Candidate
from mnistlab.core.pictures.features import describe
from mnistlab.core.pictures.pen import fit_pen

SHORTLIST = 6
"""Candidates that are compared with MNIST's images, which takes 10 ms each."""

# WEIGHTS
FIRST_WEIGHTS = np.array(
    [
        -3.122,
        2.326,
        -3.348,
        -1.472,
        -0.046,
        -2.253,
        -0.427,
        -0.814,
        1.509,
        -0.787,
        -0.969,
        0.766,
        -0.658,
        0.537,
        -1.195,
        1.720,
        -24.406,
        -5.483,
        -0.473,
        -1.661,
        -4.768,
    ]
)
"""Of the features, to choose a shortlist; `python -m benchmarks fit_evidence` fits both."""

LAST_WEIGHTS = np.array(
    [
        3.190,
        1.155,
        -5.661,
        -0.003,
        0.798,
        -3.293,
        -1.076,
        -0.991,
        1.798,
        -0.466,
        -1.184,
        2.259,
        -0.321,
        0.309,
        -1.658,
        2.084,
        -27.785,
        -7.946,
        -0.764,
        -0.579,
        -6.313,
        -13.218,
        -9.483,
    ]
)
"""Of the features, of the novelty score, and of what it has above its limit."""
# END


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
