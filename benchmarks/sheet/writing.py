"""Fills in a form as a writer does: digits of any size and place, by any pen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from benchmarks.sheet.printing import PIXELS
from mnistlab.core.arrays import Float32Array, Ink, Mask, Pixels
from mnistlab.core.data.geometry import BOX
from mnistlab.core.settings.config import DIGITS
from mnistlab.core.sheet.layout import BOX_HEIGHT, BOX_WIDTH, Layout

Dice = np.random.Generator
DrawDigit = Callable[[int, float, float, Dice], Ink]
"""Draws a digit: its label, its height and the pen's width in millimetres; cut to the ink."""

GAP = 0.5
"""Millimetres between the ink of different boxes: what touches is one mark for people, too."""

TRIES = 12


@dataclass(frozen=True, eq=False)
class Writer:
    """How somebody fills in a form.

    Attributes:
        height: Of digits, in millimetres, in the mean.
        pen: The pen's width in millimetres.
        darkness: Of its ink, from 0 to 1: pencil, ballpoint, felt pen.
        untidiness: Standard deviation in millimetres of a digit's place in its box.
        filled: The share of boxes that are written in.
    """

    height: float
    pen: float
    darkness: float
    untidiness: float
    filled: float


@dataclass(frozen=True, eq=False)
class Filled:
    """A filled-in form: the page's brightness, and the clean ink of each box written in."""

    page: Float32Array
    inks: dict[int, Ink]


def draw_writer(dice: Dice) -> Writer:
    """Return a writer at random."""
    return Writer(
        height=dice.uniform(6.5, 14),
        pen=dice.uniform(0.35, 1.6),
        darkness=dice.uniform(0.4, 0.95),
        untidiness=dice.uniform(0.5, 2.0),
        filled=dice.uniform(0.5, 1),
    )


def fill_in(printed: Float32Array, layout: Layout, draw: DrawDigit, dice: Dice) -> Filled:
    """Write into a printed form, (height, width), with `PIXELS` for each millimetre."""
    writer = draw_writer(dice)
    ink = np.zeros_like(printed)
    inks = {}
    for box in range(layout.rows * DIGITS):
        if dice.random() < writer.filled:
            height = writer.height * dice.uniform(0.85, 1.15)
            digit = draw(box % DIGITS, height, writer.pen, dice)
            if _place(ink, digit, _middle(box, layout), writer, dice):
                inks[box] = digit
    uneven = cv2.GaussianBlur(dice.normal(0, 1, ink.shape).astype(np.float32), (0, 0), 4)
    pressure = np.clip(1 + uneven * 1.5, 0.7, 1.1)
    return Filled(printed * (1 - ink * np.minimum(writer.darkness * pressure, 0.97)), inks)


def _middle(box: int, layout: Layout) -> tuple[float, float]:
    """Return the middle of a box on the page, x and y in millimetres."""
    row, column = divmod(box, DIGITS)
    left, top = layout.margins
    return left + (column + 0.5) * BOX_WIDTH, top + (row + 0.5) * BOX_HEIGHT


def _place(
    ink: Float32Array, digit: Ink, middle: tuple[float, float], writer: Writer, dice: Dice
) -> bool:
    """Write a digit where it touches no other, if there is such a place; else leave it out."""
    gap = round(GAP * PIXELS)
    height, width = digit.shape
    for _ in range(TRIES):
        x, y = dice.normal(middle, writer.untidiness) * PIXELS
        left, top = round(x - width / 2), round(y - height / 2)
        around = ink[top - gap : top + height + gap, left - gap : left + width + gap]
        if not around.any():
            ink[top : top + height, left : left + width] = digit
            return True
    return False


def draw_mnist(images: Sequence[Pixels]) -> DrawDigit:
    """Return what draws MNIST's digits with a pen: their middle lines, and round their pen's tip.

    Args:
        images: Of each label, its images (n, 28, 28).
    """

    def draw(label: int, height: float, pen: float, dice: Dice) -> Ink:
        image = dice.choice(images[label])
        scale = (height - pen) * PIXELS / BOX
        large = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
        lines = _thin(np.pad(large > 127, round(pen * PIXELS) + 2))
        distance = cv2.distanceTransform(
            (~lines).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE
        )
        return cut((pen * PIXELS / 2 - distance + 0.5).clip(0, 1).astype(np.float32))

    return draw


def draw_scans(scans: Sequence[Ink]) -> DrawDigit:
    """Return what draws digits cut out of scans, of any label, by the pens they were written with.

    Args:
        scans: The ink of each.
    """

    def draw(label: int, height: float, pen: float, dice: Dice) -> Ink:
        scan = scans[int(dice.integers(len(scans)))]
        scale = height * PIXELS / max(scan.shape)
        kind = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        sized = cv2.resize(scan, None, fx=scale, fy=scale, interpolation=kind)
        return cut(np.where(sized < 0.1, 0, sized).clip(0, 1).astype(np.float32))

    return draw


def cut(ink: Ink) -> Ink:
    """Return ink without the paper around it."""
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _thin(mask: Mask) -> Mask:
    """Return the middle lines of what a mask shows (Zhang & Suen 1984)."""
    thinned = np.pad(mask, 1)
    while True:
        before = thinned
        for corner in (_lower_right, _upper_left):
            around = _neighbours(thinned)
            count = around.sum(axis=0)
            rises = (~around & np.roll(around, -1, axis=0)).sum(axis=0)
            is_edge = (count >= 2) & (count <= 6) & (rises == 1) & corner(*around[::2])
            thinned = thinned & ~is_edge
        if np.array_equal(thinned, before):
            return thinned[1:-1, 1:-1]


def _lower_right(north: Mask, east: Mask, south: Mask, west: Mask) -> Mask:
    return ~(north & east & south) & ~(east & south & west)


def _upper_left(north: Mask, east: Mask, south: Mask, west: Mask) -> Mask:
    return ~(north & east & west) & ~(north & south & west)


def _neighbours(mask: Mask) -> Mask:
    """Return each pixel's eight neighbours, clockwise from above: (8, height, width)."""
    steps = [(1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1), (0, 1), (1, 1)]
    return np.stack([np.roll(mask, step, axis=(0, 1)) for step in steps])
