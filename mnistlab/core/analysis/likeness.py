"""Whether an image looks like a digit.

A network predicts one of ten digits for any image, often with high confidence. Here an image's
distance from the most similar training images is measured, each pixel of which may move a little:
the image distortion model of D. Keysers, T. Deselaers, C. Gollan & H. Ney, "Deformation models
for image recognition" (2007), on gradients in their surroundings of 3 by 3 pixels, in both
directions.
"""

import numpy as np

from mnistlab.core.analysis.neighbours import Neighbours
from mnistlab.core.arrays import Float32Array, Pixels

NEIGHBOURS = 20
"""Training images that are compared; with 50 no more letters are detected."""

CLOSEST = 3
"""Of these the closest, whose mean is used: a single one may be similar by chance."""

LIMIT = 0.42
"""Novelty above which an image hardly looks like a digit. Our own measurement (`python -m
benchmarks likeness`): one in a hundred of MNIST's 10,000 test images is above 0.417, of 3,234
pen-drawn digits of Unipen above 0.406. Above 0.42 are 0.96 % and 0.80 % of these, 68 % of
letters, 48 % of signs, 86 % of scribbles and 98 % of several digits side by side."""

_SHIFTS = [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1)]
"""The moves of a pixel. With moves of up to 2 pixels, as Keysers et al. allow, 68 letters in 100
are detected in place of 76 (our own measurement, on 700 digits each)."""

_MARGIN = 3
"""Pixels of paper around an image, so that ink at its edge can move."""


def hardly_a_digit(image: Pixels, neighbours: Neighbours) -> bool:
    """Return whether an image (28, 28) is unlike all digits; `neighbours` as in `novelty_score`."""
    return novelty_score(image, neighbours) > LIMIT


def novelty_score(image: Pixels, neighbours: Neighbours) -> float:
    """Return the dissimilarity of an image (28, 28) from those nearest to it, from 0.

    It is the difference of both images' edges after the best moves, as a share of all edges.

    Args:
        image: Brightness of ink from 0 to 255.
        neighbours: The `NEIGHBOURS` training images nearest to it.
    """
    own, others = _gradients(image), _gradients(neighbours.images)
    unlike = _unexplained(own, others)
    edges = _sum_around(np.square(own).sum(axis=0)).sum()
    all_edges = edges + _sum_around(np.square(others).sum(axis=0)).sum(axis=(1, 2))
    closest = np.sort(unlike / all_edges)[:CLOSEST]
    return float(closest.mean())


def _unexplained(own: Float32Array, others: Float32Array) -> Float32Array:
    """Return the difference between an image and others after the best moves, (n,)."""
    forth = back = np.full(others.shape[1:], np.inf, dtype=np.float32)
    for down, right in _SHIFTS:
        moved = np.roll(own, (down, right), axis=(1, 2))
        different = _sum_around(np.square(moved[:, np.newaxis] - others).sum(axis=0))
        back = np.minimum(back, different)
        forth = np.minimum(forth, np.roll(different, (-down, -right), axis=(1, 2)))
    unexplained: Float32Array = (forth + back).sum(axis=(1, 2))
    return unexplained


def _gradients(pixels: Pixels) -> Float32Array:
    """Return the gradients of brightness downwards and to the right, (2, ..., 34, 34)."""
    around = [(0, 0)] * (pixels.ndim - 2) + [(_MARGIN, _MARGIN)] * 2
    paper = np.pad(pixels, around).astype(np.float32) / 255
    rises = [np.roll(paper, -1, axis) - np.roll(paper, 1, axis) for axis in (-2, -1)]
    return np.stack(rises)


def _sum_around(values: Float32Array) -> Float32Array:
    """Return the sums of 3 by 3 values around each, (..., height, width)."""
    for axis in (-2, -1):
        values = values + np.roll(values, 1, axis) + np.roll(values, -1, axis)
    return values
