"""Divides what may be ink into marks: pixels that touch."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from mnistlab.core.arrays import Mask
from mnistlab.core.pictures.reading import Box

Labels = NDArray[np.int32]
"""The number of the mark that each pixel belongs to, 0 for none: (height, width)."""

MOST_MARKS = 60
"""The largest that are looked at; further ones are dirt, or text."""

SPECK = 0.004
"""A mark with less than this share of the largest one's ink is dirt."""

ROOM = 0.04
"""Of a mark's size: what is inside it is so far from its box, such as a digit from its frame."""


@dataclass(frozen=True, eq=False)
class Mark:
    """Ink that touches.

    Attributes:
        label: Its number among the labels.
        left: Of its box, in pixels, as the next three.
        top: Likewise.
        right: Likewise.
        bottom: Likewise.
        area: Its pixels.
        sides: How many of the picture's sides it touches.
    """

    label: int
    left: int
    top: int
    right: int
    bottom: int
    area: int
    sides: int

    @property
    def box(self) -> Box:
        """Left, top, right and bottom in pixels."""
        return self.left, self.top, self.right, self.bottom

    @property
    def part(self) -> tuple[slice, slice]:
        """Its box's rows and columns."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    @property
    def size(self) -> int:
        """The longer side of its box."""
        return max(self.right - self.left, self.bottom - self.top)

    def gap(self, other: "Mark") -> int:
        """Return how far apart two marks' boxes are; 0 if they overlap."""
        across = max(self.left, other.left) - min(self.right, other.right)
        down = max(self.top, other.top) - min(self.bottom, other.bottom)
        return max(across, down, 0)

    def encloses(self, other: "Mark") -> bool:
        """Return whether the other's box is inside this one's, with room on all four sides."""
        room = ROOM * self.size
        return (
            self.left + room <= other.left
            and self.top + room <= other.top
            and self.right - room >= other.right
            and self.bottom - room >= other.bottom
        )

    def surrounds(self, other: "Mark") -> bool:
        """Return whether the other's box is inside this one's."""
        return self.holds(other.box)

    def holds(self, box: Box) -> bool:
        """Return whether a box is inside this mark's."""
        left, top, right, bottom = box
        across = self.left <= left and self.right >= right
        return across and self.top <= top and self.bottom >= bottom


def find_marks(mask: Mask) -> tuple[Labels, list[Mark]]:
    """Return the labels of all pixels, and the marks that are no specks, the largest first."""
    labels, marks = divide(mask, 1, MOST_MARKS)
    least = SPECK * float(np.median([mark.area for mark in marks[:3]])) if marks else 0
    return labels, [mark for mark in marks if mark.area >= max(4, least)]


def divide(mask: Mask, least: int, most: int) -> tuple[Labels, list[Mark]]:
    """Return the labels of all pixels, and the largest marks, the largest first.

    Args:
        mask: What counts as ink.
        least: Pixels that a mark is high or wide, at least.
        most: How many marks.
    """
    _, labels, boxes, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    sizes = boxes[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1)
    sizes[0] = 0  # the paper
    order = np.argsort(-boxes[:, cv2.CC_STAT_AREA], kind="stable")
    chosen = order[sizes[order] >= max(least, 1)]
    marks = [_mark(int(label), boxes[label], mask.shape) for label in chosen[:most]]
    return np.asarray(labels, dtype=np.int32), marks


def _mark(label: int, box: NDArray[np.int32], shape: tuple[int, ...]) -> Mark:
    left, top, width, height, area = (int(value) for value in box)
    right, bottom = left + width, top + height
    sides = (left == 0) + (top == 0) + (right == shape[1]) + (bottom == shape[0])
    return Mark(label, left, top, right, bottom, area, sides)
