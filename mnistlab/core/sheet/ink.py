"""Whose ink is whose: marks on the straightened page, each box's with its soft edges.

A mark is connected ink. It belongs to the box in which its centre of mass is, wherever it reaches;
only digits that touch, which are one mark, are cut apart at the boxes' line.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mnistlab.core.arrays import Float32Array, Ink, Mask
from mnistlab.core.pictures.ink.coverage import cover
from mnistlab.core.settings.config import DIGITS
from mnistlab.core.sheet.darkness import measure_noise
from mnistlab.core.sheet.layout import BOX_HEIGHT, BOX_WIDTH, Layout
from mnistlab.core.sheet.raster import BORDER, PIXELS

Owners = NDArray[np.int32]
"""The box of each pixel, counted row by row from 0, or `NOBODY`: (height, width)."""
Places = NDArray[np.floating[Any]] | NDArray[np.integer[Any]]

NOBODY = -1

FAINTEST_INK = 0.08
"""Darkness, our own choice: what is fainter counts as a crease, or as showing through."""

WEAK, STRONG = 2.5, 5.0
"""Standard deviations of paper's noise above which a pixel is ink if the mark that it belongs to
has a pixel above the second: two thresholds, as in J. Canny, "A computational approach to edge
detection" (1986)."""

SHARE = 0.3
"""Of the darkness of most of the page's ink, above which a pixel is ink."""

SHARPENING, SHARP_RADIUS = 1.5, 3.0
"""How much of the difference from a blurred image is added, and that blur's standard deviation in
pixels, half a millimetre. Our own measurement: of twelve forms that were not judged on, 25 digits
were cut wrong without it and 12 with it, most of them small eights by a broad pen, whose holes a
photo's blur had filled."""

LEVEL = 80
"""Percentile of a digit's pixels that is its darkness: its lines' middles, not their edges."""

SMALLEST_DIGIT = 2.5
"""Millimetres of its longer side. Smaller is a dot, a speck, or a pen that was put down."""

SPECK = 0.03
"""Of a digit's ink. A mark with less is dirt, or the end of a neighbour's stroke."""

SECOND_DIGIT = 0.25
"""Share of a mark's ink in another box from which a mark that is larger than a box is two digits
that touch. A digit across a line is smaller than a box, and a large one is mostly in its own."""


@dataclass(frozen=True, eq=False)
class BoxInk:
    """The ink of one box: its number, row by row, and its ink, cut to it, (height, width)."""

    box: int
    ink: Ink


def find_ink(darkness: Float32Array, layout: Layout) -> list[BoxInk]:
    """Return the ink of each box that has some.

    Args:
        darkness: Of the straightened page, without the boxes' lines.
        layout: The form.
    """
    owners = _find_owners(darkness, _find_marks(darkness), layout)
    return list(_cut_out(darkness, owners))


def _find_marks(darkness: Float32Array) -> Mask:
    """Return which pixels are ink, (height, width)."""
    import cv2

    noise = measure_noise(darkness)
    strong = darkness > np.maximum(STRONG * noise, FAINTEST_INK)
    usual = float(np.median(darkness[strong])) if strong.any() else 0.0
    weak = darkness > np.maximum(WEAK * noise, max(FAINTEST_INK, SHARE * usual))
    count, marks = cv2.connectedComponents(weak.astype(np.uint8))
    is_ink = np.bincount(marks[weak & strong], minlength=count) > 0
    mask: Mask = is_ink[marks]
    return mask


def _find_owners(darkness: Float32Array, mask: Mask, layout: Layout) -> Owners:
    """Return whose each pixel of ink is: its mark's, or its own if the mark is two digits."""
    import cv2

    count, marks, extents, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    y, x = np.nonzero(mask)
    mark, ink = marks[y, x], darkness[y, x]
    amounts = np.bincount(mark, ink, count).clip(min=1e-9)
    centre_x, centre_y = (np.bincount(mark, ink * each, count) / amounts for each in (x, y))
    box = _boxes_at(x, y, layout)
    # (marks, boxes), of which the first is outside of all boxes.
    places = mark * (layout.rows * DIGITS + 1) + box + 1
    shares = np.bincount(places, ink, count * (layout.rows * DIGITS + 1)).reshape(count, -1)
    is_two = _is_large(np.asarray(extents)) & (
        np.partition(shares, -2, axis=1)[:, -2] > SECOND_DIGIT * amounts
    )
    owners = np.full(mask.shape, NOBODY, dtype=np.int32)
    owners[y, x] = np.where(is_two[mark], box, _boxes_at(centre_x, centre_y, layout)[mark])
    return owners


def _boxes_at(x: Places, y: Places, layout: Layout) -> NDArray[np.int64]:
    """Return the boxes at places in pixels; `NOBODY` beside all boxes."""
    column = np.floor(((x + 0.5) / PIXELS - BORDER) / BOX_WIDTH).astype(np.int64)
    row = np.floor(((y + 0.5) / PIXELS - BORDER) / BOX_HEIGHT).astype(np.int64)
    is_box = (column >= 0) & (column < DIGITS) & (row >= 0) & (row < layout.rows)
    return np.where(is_box, row * DIGITS + column, NOBODY)


def _is_large(extents: NDArray[np.int32]) -> Mask:
    """Return which marks are larger than a box, by OpenCV's x, y, width, height and area."""
    width, height = extents[:, 2] / PIXELS, extents[:, 3] / PIXELS
    is_large: Mask = (width > BOX_WIDTH) | (height > BOX_HEIGHT)
    return is_large


def _cut_out(darkness: Float32Array, owners: Owners) -> Iterator[BoxInk]:
    from scipy import ndimage  # imported with the first form and not when a server starts

    for box, place in enumerate(ndimage.find_objects(owners + 1)):
        if place is None:
            continue
        # One pixel more on each side, for soft edges.
        around = tuple(slice(max(side.start - 1, 0), side.stop + 1) for side in place)
        ink = _soften(darkness[around], owners[around], box)
        if max(ink.shape) >= SMALLEST_DIGIT * PIXELS:
            yield BoxInk(box, ink)


def _soften(darkness: Float32Array, owners: Owners, box: int) -> Ink:
    """Return a box's ink with soft edges, without specks, cut to it."""
    import cv2

    own = _without_specks(darkness, (owners == box).astype(np.uint8))
    blurred = np.asarray(cv2.GaussianBlur(darkness, (0, 0), SHARP_RADIUS))
    sharp = darkness + SHARPENING * (darkness - blurred)
    level = float(np.percentile(sharp[own > 0], LEVEL))
    near = cv2.dilate(own, np.ones((3, 3), dtype=np.uint8)) > 0
    is_free = (owners == box) | (owners == NOBODY)
    ink = np.where(near & is_free, cover(sharp, level), np.float32(0))
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _without_specks(darkness: Float32Array, own: NDArray[np.uint8]) -> NDArray[np.uint8]:
    import cv2

    count, marks = cv2.connectedComponents(own)
    amounts = np.bincount(marks.ravel(), darkness.ravel(), count)
    amounts[0] = 0
    keep = amounts >= SPECK * amounts.sum()
    keep[0] = False
    kept: NDArray[np.uint8] = keep[marks].astype(np.uint8)
    return kept
