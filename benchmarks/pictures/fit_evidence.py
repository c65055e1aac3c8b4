"""The weights by which candidates in a picture are judged, fitted on simulated photos.

`python -m benchmarks fit_evidence` writes MNIST's training digits on the sheets
of `faults.FAULTS`, and draws those of `unreadable.UNREADABLE`, which show none. One is right
if the network reads it as the digit that was written. The weights are those of a conditional logit
(D. McFadden, "Conditional logit analysis of qualitative choice behavior", 1974), whose choice is
among all candidates and none; they go into `core/pictures/evidence.py`. The first choose the
shortlist; the last also have the likeness to MNIST's images.
"""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from benchmarks.harness import images
from benchmarks.harness.arguments import positive
from benchmarks.pictures.pictures import load_model
from benchmarks.pictures.simulation import scenes
from benchmarks.pictures.simulation.faults import FAULTS
from benchmarks.pictures.simulation.unreadable import UNREADABLE
from mnistlab.core.arrays import Float32Array, Float64Array
from mnistlab.core.pictures import evidence
from mnistlab.core.pictures.candidates import find_candidates
from mnistlab.core.pictures.decoding import read_picture
from mnistlab.core.pictures.evidence import DigitModel
from mnistlab.core.pictures.features import FEATURES
from mnistlab.core.pictures.ink.segmentation import segment
from mnistlab.core.pictures.page import prepare
from mnistlab.core.pictures.reading import NO_CORRECTIONS

_PICTURES = 12
_RIDGE = 1e-3
"""Of the squared weights, in standard deviations of their features."""

_SLOW = {"large"}
"""Faults of which a picture takes seconds to draw, and shows nothing that others don't."""

_JUDGED_ONLY = {"photographs"}
"""Pictures without a digit that are never fitted to: real ones."""


@dataclass(frozen=True)
class Case:
    """A picture's candidates.

    Attributes:
        features: (candidates, features).
        is_right: Which of them are the digit, (candidates,).
        views: As the network gets them, (candidates, 28, 28).
    """

    features: Float32Array
    is_right: NDArray[np.bool_]
    views: NDArray[np.uint8]


def main(arguments: Sequence[str]) -> Mapping[str, Mapping[str, float]]:
    """Draw, judge and fit; return the weights by feature."""
    options = _parse(arguments)
    cv2.setNumThreads(1)
    model = load_model(options.networks)
    cases = list(_draw(model, options))
    first = fit([(case.features, case.is_right) for case in cases])
    last = fit([_with_likeness(case, first, model) for case in cases])
    names = [*FEATURES, "novelty", "novelty_above_limit"]
    return {
        "first": dict(zip(FEATURES, first.tolist(), strict=True)),
        "last": dict(zip(names, last.tolist(), strict=True)),
    }


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks fit_evidence [--json FILE]", allow_abbrev=False
    )
    parser.add_argument(
        "--pictures", type=positive, default=_PICTURES, help="of each fault, and kind"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--networks", type=Path, help="as for `pictures`")
    return parser.parse_args(arguments)


def _draw(model: DigitModel, options: argparse.Namespace) -> Iterator[Case]:
    """Give each picture's candidates; of those that show a digit, where one of them is right."""
    training = images.load(train=True)
    pixels, labels = training.pixels.numpy().reshape(-1, 28, 28), training.labels.numpy()
    for fault in sorted(FAULTS.keys() - _SLOW):
        dice = np.random.default_rng([options.seed, *fault.encode()])
        for i in dice.choice(len(pixels), options.pictures):
            case = _case(FAULTS[fault](pixels[i], dice), int(labels[i]), model)
            if case.is_right.any():
                yield case
    for kind in sorted(UNREADABLE.keys() - _JUDGED_ONLY):
        dice = np.random.default_rng([options.seed, *kind.encode()])
        for _ in range(options.pictures):
            case = _case(scenes.photograph(UNREADABLE[kind](dice), dice), None, model)
            if len(case.features):
                yield case


def _case(content: bytes, label: int | None, model: DigitModel) -> Case:
    candidates = find_candidates(segment(prepare(read_picture(content), NO_CORRECTIONS)))
    if not candidates:
        none = np.zeros((0, len(FEATURES)), dtype=np.float32)
        return Case(none, np.zeros(0, dtype=bool), np.zeros((0, 28, 28), dtype=np.uint8))
    views, predictions, features = evidence.look_at(candidates, model.network)
    return Case(features, predictions.argmax(axis=1) == label, views[:, 0])


def _with_likeness(
    case: Case, first: Float64Array, model: DigitModel
) -> tuple[Float64Array, NDArray[np.bool_]]:
    short = evidence.shortlist(case.features, first)
    likeness = evidence.measure_likeness(case.views[short], model.training)
    return np.hstack([case.features[short], likeness]), case.is_right[short]


def fit(cases: Sequence[tuple[NDArray[np.floating], NDArray[np.bool_]]]) -> Float64Array:
    """Return the weights that make the right choices most probable.

    Args:
        cases: The features of each choice's candidates, (candidates, features), of which the
            first is 1, and which of them are right: if none is, "none" is the right choice.
    """
    kept = [(f, right) for f, right in cases if len(f)]
    stacked = np.concatenate([features for features, _ in kept])
    middle, spread = stacked.mean(axis=0), stacked.std(axis=0) + 1e-6
    middle[0], spread[0] = 0, 1
    scaled = [((features - middle) / spread, right) for features, right in kept]
    start = np.zeros(stacked.shape[1])
    weights: Float64Array = minimize(_loss, start, args=(scaled,), jac=True, method="L-BFGS-B").x
    unscaled: Float64Array = weights / spread
    unscaled[0] -= float((middle * unscaled)[1:].sum())
    return unscaled


def _loss(
    weights: Float64Array, cases: Sequence[tuple[Float64Array, NDArray[np.bool_]]]
) -> tuple[float, Float64Array]:
    """Return the mean negative log-likelihood with its ridge, and their gradient."""
    total, gradient = 0.0, np.zeros_like(weights)
    for features, right in cases:
        scores = features @ weights
        highest = max(float(scores.max()), 0.0)
        powers, none = np.exp(scores - highest), np.exp(-highest)
        all_of_them = powers.sum() + none
        chosen = np.where(right, powers, 0)
        likely = chosen.sum() if right.any() else none
        total += np.log(all_of_them / likely)
        gradient += (powers / all_of_them - (chosen / likely if right.any() else 0)) @ features
    ridge = np.r_[0, weights[1:]]
    loss = total / len(cases) + _RIDGE * float(ridge @ ridge)
    return loss, gradient / len(cases) + 2 * _RIDGE * ridge
