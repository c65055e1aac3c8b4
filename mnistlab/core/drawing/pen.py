"""Thick lines made as thin as MNIST's, in a picture, of which no pen strokes are known.

A small digit from a broad pen, made as large as MNIST's, would be a blob with its holes
filled. Thin lines are left as they are: nothing is lost in them.
"""

import numpy as np
from numpy.typing import NDArray

from mnistlab.core.drawing.paper import Ink, Mask

Distances = NDArray[np.float32]
"""Of each pixel of ink to the nearest paper, in pixels, 0 on paper, (height, width)."""


def measure_pen(distances: Distances) -> float:
    """Return half the width in pixels of most lines: the median along their middles."""
    # To the middle of the next pixel of paper it is half a pixel more than to the edge.
    return float(np.median(distances[_ridges(distances)])) - 0.5


def thin(ink: Ink, share: float) -> Ink:
    """Take away the outside of lines that are thicker than a share of the digit's size.

    Args:
        ink: Cut to the digit, (height, width).
        share: Half a line's width, divided by how far the pen went in the longer direction.
    """
    # Lines finer than a pixel are grey all over.
    distances = measure_distances(ink >= ink.max() / 2)
    half = measure_pen(distances)
    # Lines get thinner at the digit's outer sides too: its size is what the pen's way was.
    surplus = half - share * (max(ink.shape) - 2 * half)
    if surplus <= 0:
        return ink
    thinned: Ink = np.clip(distances - surplus, 0, 1)
    return thinned


def measure_distances(mask: Mask) -> Distances:
    """Return how far each pixel of a mask is from the nearest outside, beyond edges too.

    First along rows, then along columns (Felzenszwalb & Huttenlocher 2012, section 2.1),
    here with all pairs compared, which a hundred pixels on a side allow.
    """
    framed = np.pad(mask, 1)
    inside = np.where(framed, np.float32(np.inf), np.float32(0))
    rows = _nearest(inside)
    return np.sqrt(_nearest(rows.T).T)[1:-1, 1:-1]


def _nearest(costs: Distances) -> Distances:
    """Return for each place of each row the least of cost plus squared distance."""
    places = np.arange(costs.shape[1], dtype=np.float32)
    squares = (places[:, np.newaxis] - places) ** 2
    nearest: Distances = (costs[:, np.newaxis, :] + squares).min(axis=2)
    return nearest


def _ridges(distances: Distances) -> Mask:
    """Return where no neighbour is further from paper: along the middles of lines."""
    height, width = distances.shape
    framed = np.pad(distances, 1)
    around = [framed[y : y + height, x : x + width] for y in range(3) for x in range(3)]
    ridges: Mask = (distances > 0) & (distances >= np.max(around, axis=0))
    return ridges
