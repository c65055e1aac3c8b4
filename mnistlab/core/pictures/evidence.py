"""What speaks for a candidate: that it looks like a digit, and that it accounts for the ink."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mnistlab.core.analysis.likeness import NEIGHBOURS, novelty_score
from mnistlab.core.analysis.neighbours import TrainingImages, find_nearest
from mnistlab.core.arrays import Float32Array, Float64Array, Probabilities
from mnistlab.core.drawing.views import view_ink
from mnistlab.core.network.numpy_forward import Network, predict_views
from mnistlab.core.pictures.candidates import Candidate
from mnistlab.core.pictures.pen import fit_pen

FEATURES = (
    "one",
    "confidence",
    "rest",
    "rest_squared",
    "size",
    "small",
    "sides",
    "contrast",
    "over_noise",
    "foreign",
    "light",
    "colour",
    "fine",
    "faint",
    "near_lines",
    "fill",
    "slender",
    "parts",
    "off_centre",
)


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
    views = np.stack([view_ink(fit_pen(candidate.ink)) for candidate in candidates])
    predictions = predict_views(model.network, views)
    features = np.stack([describe(c, p) for c, p in zip(candidates, predictions, strict=True)])
    first = features @ FIRST_WEIGHTS
    short = np.argsort(-first, kind="stable")[:SHORTLIST]
    novelty = np.array(
        [
            novelty_score(views[i, 0], find_nearest(model.training, views[i, 0], NEIGHBOURS))
            for i in short
        ]
    )
    scores = features[short] @ LAST_WEIGHTS[:-1] + novelty * LAST_WEIGHTS[-1]
    shares = _share(scores)
    order = np.argsort(-shares, kind="stable")
    return [Judged(candidates[short[i]], predictions[short[i]], float(shares[i])) for i in order]


def _share(scores: Float64Array) -> Float64Array:
    """Return the softmax of scores and a zero, which stands for none of them, without the last."""
    highest = max(float(scores.max()), 0.0)
    powers = np.exp(scores - highest)
    shares: Float64Array = powers / (powers.sum() + np.exp(-highest))
    return shares


def describe(candidate: Candidate, probabilities: Probabilities) -> Float32Array:
    segmentation, contrast = candidate.segmentation, candidate.segmentation.contrast
    left, top, right, bottom = candidate.box
    part = (slice(top, bottom), slice(left, right))
    height, width = segmentation.mask.shape
    size = max(right - left, bottom - top) / min(height, width)
    inside = candidate.inside
    ink = float(np.median(segmentation.brightness[part][inside]))
    level = float(np.median(contrast.values[part][inside])) / 255
    paper = (ink + level * 24) / max(1 - level, 0.05)
    usual = float(np.median(segmentation.brightness[::4, ::4]))
    off = np.hypot((left + right) / 2 / width - 0.5, (top + bottom) / 2 / height - 0.5)
    best = float(probabilities.max())
    line_share = float(segmentation.lines[part].sum()) / max(1, int(inside.sum()))
    return np.array(
        [
            1.0,
            float(np.clip(np.log(best / max(1 - best, 1e-4)), -2, 7)) / 3,
            candidate.rest,
            candidate.rest**2,
            np.log(min(size, 1)),
            max(0.0, 0.15 - size) * 10,
            sum(m.sides > 0 for m in candidate.marks) / len(candidate.marks)
            + (candidate.marks[0].sides > 0)
            + (candidate.marks[0].sides > 1),
            np.log(level),
            np.log(level * 255 / contrast.floor),
            np.clip((abs(usual - paper) - abs(usual - ink)) / (abs(paper - ink) + 10), -1, 1),
            segmentation.light,
            segmentation.colour,
            segmentation.fine,
            not segmentation.strong,
            np.log1p(5 * line_share),
            float(inside.mean()),
            max(0.0, np.log((bottom - top) / (right - left)) - 1),
            np.log(len(candidate.marks)),
            off,
        ],
        dtype=np.float32,
    )
