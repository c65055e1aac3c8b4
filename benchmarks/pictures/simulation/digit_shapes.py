"""MNIST's digits drawn large: with smooth outlines, or anew with a pen of any width."""

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from mnistlab.core.arrays import Float32Array, Pixels

Mask = NDArray[np.bool_]
Place = tuple[float, float]

_SKELETON_SCALE = 5
"""Pixels for each of MNIST's at which the middles of the lines are found."""

_FIELD = 28

_NEIGHBOURS = [(-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1)]
"""Around a pixel, clockwise from above, as T. Y. Zhang & C. Y. Suen number them (1984)."""

_SUBPIXELS = 4
"""Bits of a pixel's fraction that OpenCV draws lines with."""


def enlarge(image: Pixels, size: int) -> Float32Array:
    """Return the coverage of ink, 0 to 1, of a digit (28, 28) with smooth edges: (size, size)."""
    wide = cv2.resize(image.astype(np.float32) / 255, (size, size), interpolation=cv2.INTER_CUBIC)
    smooth = cv2.GaussianBlur(wide, (0, 0), size / _FIELD / 4)
    # Steep, so that an edge is about a pixel wide however far the digit is enlarged.
    steepness = max(1.0, size / _FIELD / 1.5)
    return np.asarray(((smooth - 0.5) * steepness + 0.5).clip(0, 1), dtype=np.float32)


def redraw(image: Pixels, size: int, pen: int) -> Float32Array:
    """Return the coverage of ink of a digit (28, 28) drawn with a pen, in pixels: (size, size)."""
    mask = enlarge(image, _FIELD * _SKELETON_SCALE) > 0.5
    skeleton = thin_to_middle(mask)
    scale = size / (_FIELD * _SKELETON_SCALE)
    drawn = np.zeros((size, size), dtype=np.uint8)
    for start, end in _segments(skeleton):
        ends = [tuple(round((v + 0.5) * scale * 2**_SUBPIXELS) for v in p) for p in (start, end)]
        cv2.line(drawn, ends[0], ends[1], 255, pen, cv2.LINE_AA, _SUBPIXELS)
    return np.asarray(drawn / np.float32(255), dtype=np.float32)


def thin_to_middle(mask: Mask) -> Mask:
    """Return the lines' middles, one pixel wide (Zhang & Suen, "A fast parallel algorithm for
    thinning digital patterns", 1984)."""
    kept = np.pad(mask, 1)
    while True:
        before = int(kept.sum())
        for step in (0, 1):
            kept &= ~_removable(kept, step)
        if int(kept.sum()) == before:
            return kept[1:-1, 1:-1]


def _removable(mask: Mask, step: int) -> Mask:
    p = [np.roll(mask, (-down, -right), axis=(0, 1)) for down, right in _NEIGHBOURS]
    count = np.sum(p, axis=0)
    turns = np.sum([~p[i] & p[(i + 1) % 8] for i in range(8)], axis=0)
    up, right, down, left = p[0], p[2], p[4], p[6]
    if step == 0:
        open_side = ~(up & right & down) & ~(right & down & left)
    else:
        open_side = ~(up & right & left) & ~(up & down & left)
    removable: Mask = mask & (count >= 2) & (count <= 6) & (turns == 1) & open_side
    return removable


def _segments(skeleton: Mask) -> Iterator[tuple[Place, Place]]:
    """Give each pair of neighbouring pixels, smoothed a little along the line, as x, y."""
    y, x = np.mgrid[: skeleton.shape[0], : skeleton.shape[1]].astype(np.float32)
    weight = skeleton.astype(np.float32)
    count = cv2.boxFilter(weight, -1, (3, 3), normalize=False)
    means = [cv2.boxFilter(v * weight, -1, (3, 3), normalize=False) / count.clip(1) for v in (x, y)]
    places = np.stack(means, axis=-1).tolist()
    around = [(0, 1), (1, -1), (1, 0), (1, 1)]
    for row, column in np.argwhere(skeleton).tolist():
        for down, right in around:
            if skeleton[row + down, column + right]:
                yield tuple(places[row][column]), tuple(places[row + down][column + right])
