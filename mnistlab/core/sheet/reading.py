"""Reads a photo of a filled-in form."""

from dataclasses import dataclass

import numpy as np

from mnistlab.core.arrays import Ink
from mnistlab.core.errors import PictureError
from mnistlab.core.pictures.decoding import Picture
from mnistlab.core.settings.config import DIGITS
from mnistlab.core.sheet.darkness import measure_darkness, soften_noise
from mnistlab.core.sheet.ink import BoxInk, find_ink
from mnistlab.core.sheet.layout import Layout
from mnistlab.core.sheet.lines import remove_lines
from mnistlab.core.sheet.marks import Grey, find_marks
from mnistlab.core.sheet.page import straighten

PHOTO_SIDE = 2_400
"""Pixels on a side that a photo should keep for its reading."""


@dataclass(frozen=True, eq=False)
class Box:
    """One box of a form.

    Attributes:
        row: From 0, at the top.
        label: Its column's digit.
        ink: What is written in it, cut to its ink, (height, width); None if it is empty.
    """

    row: int
    label: int
    ink: Ink | None


@dataclass(frozen=True, eq=False)
class Sheet:
    """A form as read.

    Attributes:
        layout: Which form it is.
        boxes: All its boxes, row by row.
    """

    layout: Layout
    boxes: tuple[Box, ...]

    @property
    def written(self) -> list[Box]:
        """The boxes that are not empty, at least one."""
        return [box for box in self.boxes if box.ink is not None]


def read_sheet(picture: Picture) -> Sheet:
    """Find the form in a photo, in any orientation, and the ink in each of its boxes.

    Args:
        picture: As `read_picture` decodes it, with up to `PHOTO_SIDE` pixels on a side.

    Raises:
        PictureError: If its marks are not found, a part of it is not in the photo, or nothing is
            written in its boxes.
    """
    layout, found = _read(_to_grey(picture))
    inks = {each.box: each.ink for each in found}
    if not inks:
        raise PictureError(
            "All boxes of the form are empty, or the writing is too faint.",
            "Write one digit in each box with a dark pen, and photograph the form again.",
        )
    boxes = range(layout.rows * DIGITS)
    return Sheet(layout, tuple(Box(box // DIGITS, box % DIGITS, inks.get(box)) for box in boxes))


def _read(photo: Grey) -> tuple[Layout, list[BoxInk]]:
    marks = find_marks(photo)
    darkness = soften_noise(measure_darkness(straighten(photo, marks)))
    return marks.layout, find_ink(remove_lines(darkness, marks.layout), marks.layout)


def _to_grey(picture: Picture) -> Grey:
    """Return a picture's brightness, (height, width); what is transparent is white."""
    grey, alpha = np.moveaxis(np.asarray(picture.convert("LA"), dtype=np.uint16), -1, 0)
    on_white: Grey = ((grey * alpha + 255 * (255 - alpha)) // 255).astype(np.uint8)
    return on_white
