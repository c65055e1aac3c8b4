"""Compares what was read from a photo with what was written."""

from dataclasses import dataclass

import cv2
import numpy as np

from benchmarks.sheet.writing import Filled
from mnistlab.core.arrays import Float32Array, Ink, Pixels
from mnistlab.core.drawing.views import view_ink
from mnistlab.core.pictures.pen import fit_pen
from mnistlab.core.sheet.reading import Sheet

RIGHT = 0.9
"""The normalized correlation of 28×28 images from which a box counts as cut right."""

BLUR = 1.0
"""Pixels by which both images are blurred before: half the width of MNIST's lines."""


@dataclass
class Tally:
    """What was found on forms.

    Attributes:
        sheets: Forms photographed.
        refused: Of those, forms that were not read.
        written: Boxes that were written in, on the forms that were read.
        cut_right: Of those, boxes of which the same image came out.
        crippled_right: The same, had a fifth of the clean ink been cut off.
        empty: Boxes that were not written in.
        empty_right: Of those, boxes told to be empty.
    """

    sheets: int = 0
    refused: int = 0
    written: int = 0
    cut_right: int = 0
    crippled_right: int = 0
    empty: int = 0
    empty_right: int = 0

    def add(self, sheet: Sheet, filled: Filled) -> None:
        """Count the boxes of a form that was read."""
        for place, box in enumerate(sheet.boxes):
            clean = filled.inks.get(place)
            if clean is None:
                self.empty += 1
                self.empty_right += box.ink is None
            else:
                self.written += 1
                self.cut_right += box.ink is not None and likeness(box.ink, clean) >= RIGHT
                self.crippled_right += likeness(without_a_fifth(clean), clean) >= RIGHT


def likeness(ink: Ink, clean: Ink) -> float:
    """Return the best normalized correlation of two inks' images, moved by a pixel at most."""
    image, wanted = (_smooth(view_ink(fit_pen(each))[0]) for each in (ink, clean))
    steps = (-1, 0, 1)
    moved = (np.roll(image, (y, x), axis=(0, 1)) for y in steps for x in steps)
    return max(_correlation(each, wanted) for each in moved)


def without_a_fifth(ink: Ink) -> Ink:
    """Return ink of which the upper fifth is cut off."""
    return ink[ink.shape[0] // 5 :]


def _smooth(image: Pixels) -> Float32Array:
    return np.asarray(cv2.GaussianBlur(image.astype(np.float32), (0, 0), BLUR))


def _correlation(one: Float32Array, other: Float32Array) -> float:
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])
