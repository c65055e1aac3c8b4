"""Finds printed lines: rules, grids, margins, boxes and frames.

Across a level line the ink is as high as the line is wide; where a digit crosses it, it is higher.
So what is low makes up the line, and what is high stays.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from mnistlab.core.pictures.pen import Mask

SHORTEST = 0.35
"""Of the picture's side: how long a printed line is, at least."""

STEEPEST = 0.15
"""How much a line may rise for its length, 1 being 45 degrees."""

GAP = 0.06
"""Of the picture's side: a gap in a line, where a digit crosses it or its print is faint."""

COVERED = 0.5
"""How much of a line's length is inked, at least."""


def find_lines(mask: Mask, thickness: int) -> Mask:
    """Return which pixels of a mask belong to level or upright lines up to a thickness."""
    level = _find_level(mask, thickness)
    upright = _find_level(np.ascontiguousarray(mask.T), thickness).T
    lines: Mask = level | upright
    return lines


def _find_level(mask: Mask, thickness: int) -> Mask:
    pixels = mask.astype(np.uint8)
    column = np.ones((thickness + 1, 1), dtype=np.uint8)
    low = pixels & ~np.asarray(cv2.morphologyEx(pixels, cv2.MORPH_OPEN, column))
    width = mask.shape[1]
    bridge = np.ones((1, 2 * round(GAP * width / 2) + 1), dtype=np.uint8)
    bridged = cv2.morphologyEx(low, cv2.MORPH_CLOSE, bridge)
    count, labels, boxes, _ = cv2.connectedComponentsWithStats(bridged, connectivity=8)
    found = np.zeros(mask.shape, dtype=bool)
    for label in range(1, count):
        left, top, wide, high, _ = (int(value) for value in boxes[label])
        if wide < SHORTEST * width:
            continue
        part = (slice(top, top + high), slice(left, left + wide))
        inside = (labels[part] == label) & (low[part] > 0)
        found[part] |= _line(inside, thickness)
    return found


def _line(inside: Mask, thickness: int) -> Mask:
    """Return the part of some ink, cut to its box, that is near one straight line."""
    y, x = np.nonzero(inside)
    slope, offset = _fit(x, y, thickness)
    near = np.abs(y - offset - slope * x) <= thickness / 2 + 1.5
    line = np.zeros(inside.shape, dtype=bool)
    covered = len(np.unique(x[near]))
    if abs(slope) <= STEEPEST and covered >= COVERED * inside.shape[1]:
        line[y[near], x[near]] = True
    return line


def _fit(x: NDArray[np.int64], y: NDArray[np.int64], thickness: int) -> tuple[float, float]:
    """Return slope and offset of a line that most pixels are near to.

    Cauchy weights (as in iteratively reweighted least squares, Holland & Welsch 1977) almost
    exclude what is far from it.
    """
    weights = np.ones(len(x))
    slope, offset = 0.0, float(np.median(y))
    for _ in range(8):
        residuals = (y - offset - slope * x) / thickness
        weights = 1 / (1 + residuals**2)
        total = weights.sum()
        middle_x, middle_y = (weights @ x) / total, (weights @ y) / total
        spread = weights @ np.square(x - middle_x)
        slope = float(weights @ ((x - middle_x) * (y - middle_y)) / max(spread, 1e-9))
        offset = float(middle_y - slope * middle_x)
    return slope, offset
