"""Finds printed lines: rules, grids, margins, boxes and frames.

Across a level line the ink is as high as the line is wide; where a digit crosses it, it is higher.
So what is low makes up the line, and what is high stays. Which low ink lies on one line is found
by a Hough transform (R. O. Duda & P. E. Hart, "Use of the Hough transformation to detect lines and
curves in pictures", 1972).
"""

import math
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from mnistlab.core.arrays import Mask

STEEPEST = math.radians(8)
"""How far a line may be from level, or from upright."""

COVERED = 0.6
"""How much of a line is inked from end to end, at least. A digit crosses it."""

EDGE = 0.03
"""Of the picture's side: how far from the edge a line ends that reaches it."""

Line = tuple[NDArray[np.int64], NDArray[np.int64]]
"""The rows and the columns of a line's pixels, (n,) each."""

MOST_LINES = 150
"""Of which a wide line takes several."""


def find_lines(mask: Mask, thickness: int, shortest: float) -> Mask:
    """Return which pixels of a mask belong to level or upright lines.

    Args:
        mask: What may be ink, (height, width).
        thickness: The widest lines, in pixels.
        shortest: Of the picture's side: how much of a line is inked, at least.
    """
    level = _find_level(mask, thickness, shortest)
    upright = _find_level(np.ascontiguousarray(mask.T), thickness, shortest)
    level_mask, upright_mask = _paint(level, mask.shape), _paint(upright, mask.T.shape)
    lines: Mask = _paint(_anchored(level, upright_mask.T, thickness), mask.shape)
    lines |= _paint(_anchored(upright, level_mask.T, thickness), mask.T.shape).T
    return lines


def _find_level(mask: Mask, thickness: int, shortest: float) -> list[Line]:
    least = shortest * mask.shape[1]
    pixels = mask.astype(np.uint8)
    column = np.ones((thickness + 1, 1), dtype=np.uint8)
    high = np.asarray(cv2.morphologyEx(pixels, cv2.MORPH_OPEN, column), dtype=np.uint8)
    low = pixels & ~high
    found = cv2.HoughLines(
        low,
        1,
        math.radians(0.5),
        round(least / 2),
        min_theta=math.pi / 2 - STEEPEST,
        max_theta=math.pi / 2 + STEEPEST,
    )
    lines = []
    y, x = np.nonzero(low)
    for distance, angle in [] if found is None else np.asarray(found)[:MOST_LINES, 0, :2].tolist():
        off = x * math.cos(angle) + y * math.sin(angle) - distance
        near = np.flatnonzero(np.abs(off) <= thickness / 2 + 1)
        chosen = near[_is_line(x[near], off[near], least)]
        if len(chosen):
            lines.append((y[chosen], x[chosen]))
    return lines


def _paint(lines: Sequence[Line], shape: tuple[int, ...]) -> Mask:
    painted = np.zeros(shape, dtype=bool)
    for line in lines:
        painted[line] = True
    return painted


def _anchored(lines: Sequence[Line], across: Mask, thickness: int) -> list[Line]:
    """Return the lines that begin or end at the picture's edge, or at a line across.

    The foot of a 2 does not.
    """
    return [line for line in lines if any(_is_anchor(p, across, thickness) for p in _ends(line))]


def _ends(line: Line) -> list[tuple[int, int]]:
    y, x = line
    return [(int(y[i]), int(x[i])) for i in (x.argmin(), x.argmax())]


def _is_anchor(place: tuple[int, int], across: Mask, thickness: int) -> bool:
    row, column = place
    width = across.shape[1]
    if min(column, width - 1 - column) <= EDGE * width:
        return True
    reach = 2 * thickness + 2
    around = across[max(0, row - reach) : row + reach, max(0, column - reach) : column + reach]
    return bool(around.any())


def _is_line(x: NDArray[np.int64], off: NDArray[np.float64], least: float) -> Mask:
    """Return which pixels make up one line of the same height everywhere, if there is one.

    Args:
        x: The pixels' columns.
        off: How far they are from the line's middle, roughly, (n,).
        least: Columns that it covers.
    """
    none = np.zeros(len(x), dtype=bool)
    heights = np.bincount(x, minlength=1)
    inked = heights > 0
    if int(inked.sum()) < least:
        return none
    usual = float(np.median(heights[inked]))
    as_high = heights <= 1.5 * usual + 1
    on_line = as_high[x] & (np.abs(off - np.median(off[as_high[x]])) <= usual / 2 + 1.5)
    columns = np.unique(x[on_line])
    if len(columns) < max(least, COVERED * (np.ptp(columns) + 1 if len(columns) else 1)):
        return none
    return on_line
