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
    "one": (-0.296, 6.224),
    "confidence": (1.776, 0.687),
    "rest": (-6.134, -6.465),
    "rivals": (-4.120, -5.961),
    "size": (0.014, 0.243),
    "small": (-0.873, -1.485),
    "whole": (-1.207, -2.125),
    "sides": (-1.292, -2.260),
    "contrast": (-0.267, -0.024),
    "over_noise": (0.109, 0.178),
    "foreign": (-0.468, -0.471),
    "light": (-0.889, -1.084),
    "colour": (-1.704, -0.821),
    "fine": (0.055, -0.739),
    "faint": (-1.550, -2.093),
    "near_lines": (0.214, 0.162),
    "own_lines": (1.043, -0.354),
    "enclosed": (-12.399, -15.239),
    "fill": (-4.505, -5.899),
    "slender": (-1.181, -1.865),
    "parts": (-2.236, -1.381),
    "novelty": (0.000, -13.747),
    "novelty_above_limit": (0.000, -3.584),
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
