"""What is measured of a candidate, by which it is judged."""

import numpy as np

from mnistlab.core.arrays import Float32Array, Probabilities
from mnistlab.core.pictures.candidates import Candidate
from mnistlab.core.pictures.ink.contrast import DARKEST_PAPER

FEATURES = (
    "one",  # always 1
    "confidence",  # log-odds of the network's prediction
    "rest",  # share of the ink that is not the candidate's
    "rivals",  # likewise of large marks
    "size",  # log of the longer side, the picture's shorter one being 1
    "small",  # by how many hundredths of it, in tens, the longer side is below 15
    "whole",  # by how many tenths its box is more than seven tenths of the picture
    "sides",  # how much of it touches the picture's edge, 0 to 3
    "contrast",  # log of the share of the paper's light that is missing
    "over_noise",  # log of the contrast, the noise being 1
    "foreign",  # 1 if most of the picture is as bright as the ink, -1 if as the paper
    "light",  # whether the ink is lighter than the paper
    "colour",  # whether it was found in one colour's channel
    "fine",  # whether wide lines were left out
    "faint",  # whether faint marks were kept
    "near_lines",  # log of the printed lines in its box, its own ink being 1/5
    "own_lines",  # share of all printed lines that is beside it
    "enclosed",  # others' ink inside its box, its own ink being 1, up to 1
    "fill",  # share of its box that is ink
    "slender",  # log of height to width, above 1
    "parts",  # log of the number of its marks
)
"""The features' names, in the order in which `describe` returns them."""

_SMALL, _WHOLE = 0.15, 0.7

_AROUND = 0.2
"""Of a candidate's size: how far printed lines are beside it."""


def describe(candidate: Candidate, probabilities: Probabilities) -> Float32Array:
    """Return a candidate's features, (features,).

    Args:
        candidate: Marks that may be a digit.
        probabilities: The network's for it, (10,).
    """
    best = float(probabilities.max())
    confidence = float(np.clip(np.log(best / max(1 - best, 1e-4)), -2, 7)) / 3
    features = [
        *(1.0, confidence),
        *_describe_place(candidate),
        *_describe_contrast(candidate),
        *_describe_segmentation(candidate),
        *_describe_shape(candidate),
    ]
    return np.array(features, dtype=np.float32)


def _describe_place(candidate: Candidate) -> list[float]:
    left, top, right, bottom = candidate.box
    size = max(right - left, bottom - top) / min(candidate.segmentation.mask.shape)
    touching = [mark.sides > 0 for mark in candidate.marks]
    largest = candidate.marks[0].sides
    return [
        candidate.rest,
        candidate.rivals,
        float(np.log(min(size, 1))),
        max(0.0, _SMALL - size) * 10,
        max(0.0, candidate.inside.size / candidate.segmentation.mask.size - _WHOLE) * 10,
        float(np.mean(touching)) + (largest > 0) + (largest > 1),
    ]


def _describe_contrast(candidate: Candidate) -> list[float]:
    segmentation, contrast = candidate.segmentation, candidate.segmentation.contrast
    left, top, right, bottom = candidate.box
    part = (slice(top, bottom), slice(left, right))
    ink = float(np.median(segmentation.brightness[part][candidate.inside]))
    level = float(np.median(contrast.values[part][candidate.inside])) / 255
    # The paper of which this ink leaves out such a share.
    paper = (ink + level * DARKEST_PAPER) / max(1 - level, 0.05)
    usual = float(np.median(segmentation.brightness[::4, ::4]))
    foreign = (abs(usual - paper) - abs(usual - ink)) / (abs(paper - ink) + 10)
    return [
        float(np.log(level)),
        float(np.log(level * 255 / contrast.noise)),
        float(np.clip(foreign, -1, 1)),
    ]


def _describe_segmentation(candidate: Candidate) -> list[float]:
    segmentation = candidate.segmentation
    left, top, right, bottom = candidate.box
    within = int(segmentation.lines[top:bottom, left:right].sum())
    return [
        segmentation.light,
        segmentation.colour,
        segmentation.fine,
        not segmentation.strong,
        float(np.log1p(5 * within / int(candidate.inside.sum()))),
        _share_of_lines(candidate),
    ]


def _describe_shape(candidate: Candidate) -> list[float]:
    left, top, right, bottom = candidate.box
    return [
        min(candidate.enclosed, 1.0),
        float(candidate.inside.mean()),
        max(0.0, float(np.log((bottom - top) / (right - left))) - 1),
        float(np.log(len(candidate.marks))),
    ]


def _share_of_lines(candidate: Candidate) -> float:
    """Return the share of all printed lines that is beside a candidate.

    Nearly all, if its own strokes were taken for printed lines.
    """
    lines = candidate.segmentation.lines
    total = int(lines.sum())
    if not total:
        return 0.0
    left, top, right, bottom = candidate.box
    around = round(max(right - left, bottom - top) * _AROUND)
    near = lines[max(0, top - around) : bottom + around, max(0, left - around) : right + around]
    return int(near.sum()) / total
