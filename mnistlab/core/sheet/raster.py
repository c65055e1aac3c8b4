"""The pixels of the straightened page: the boxes, and a border around them."""

import numpy as np

from mnistlab.core.arrays import Float64Array
from mnistlab.core.sheet.layout import Layout

PIXELS = 6
"""For each millimetre, so that a digit 8 mm high has 48, more than twice MNIST's 20."""

BORDER = 5
"""Millimetres around the boxes, for ink that leaves the outermost."""

BLOCK = 12
"""Pixels on a side of blocks, between whose middles a page is straight."""


def pixel(millimetres: float) -> int:
    """Return the first pixel, row or column, behind a place of the form."""
    return round((millimetres + BORDER) * PIXELS)


def shape(layout: Layout) -> tuple[int, int]:
    """Return the straightened page's height and width in pixels."""
    return pixel(layout.height + BORDER), pixel(layout.width + BORDER)


def block_places(layout: Layout) -> Float64Array:
    """Return where on the form the middle of each block of pixels is: (rows, columns, 2)."""
    rows, columns = (np.arange(side // BLOCK) for side in shape(layout))
    x, y = np.meshgrid(*((each + 0.5) * BLOCK / PIXELS - BORDER for each in (columns, rows)))
    return np.stack([x, y], axis=-1)
