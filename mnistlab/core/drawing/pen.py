"""Thins the lines of a picture, whose strokes are unknown, to the width of MNIST's.

A small digit from a broad pen, enlarged to MNIST's size, would be a blob with its holes filled.
Thin lines lose no detail and are not changed.
"""

import numpy as np
from numpy.typing import NDArray

from mnistlab.core.drawing.paper import Ink, Mask

Distances = NDArray[np.float32]
"""Of each pixel of ink to the nearest paper, in pixels, 0 on paper, (height, width)."""


def measure_pen(distances: Distances) -> float:
    """Return half the width in pixels of most lines: the median along their middles."""
    # The middle of the next pixel of paper is half a pixel beyond the edge.
    return float(np.median(distances[_ridges(distances)])) - 0.5


def thin(ink: Ink, share: float) -> Ink:
    """Erode lines that are thicker than a share of the digit's size.

    Args:
        ink: Cut to the digit, (height, width).
        share: Half a line's width, divided by the longer side of the pen's path.
    """
    # Lines finer than a pixel are grey all over.
    distances = measure_distances(ink >= ink.max() / 2)
    half = measure_pen(distances)
    # Lines get thinner at the digit's outer sides too, so its size is that of the pen's path.
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
    return (distances > 0) & (distances >= furthest)
