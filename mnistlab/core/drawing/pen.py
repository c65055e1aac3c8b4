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
    """Return how far each pixel of a mask is from the nearest outside, beyond edges too."""
    from scipy import ndimage  # imported with the first picture and not when a server starts

    distances = ndimage.distance_transform_edt(np.pad(mask, 1))
    return np.asarray(distances, dtype=np.float32)[1:-1, 1:-1]


def _ridges(distances: Distances) -> Mask:
    """Return where no neighbour is further from paper: along the middles of lines."""
    from scipy import ndimage

    furthest = ndimage.maximum_filter(distances, size=3, mode="constant")
    ridges: Mask = (distances > 0) & (distances >= furthest)
    return ridges
