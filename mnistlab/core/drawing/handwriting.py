"""A student's own test set: labelled digits, drawn on the pad or taken from a picture."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mnistlab.core.arrays import Ink, Pixels, Views
from mnistlab.core.drawing.mnist_image import fit_ink
from mnistlab.core.drawing.strokes import Stroke
from mnistlab.core.drawing.views import view_ink, view_strokes
from mnistlab.core.errors import HandwritingError
from mnistlab.core.settings.config import DIGITS

MAX_DIGITS = 500
"""Of one lab. An accuracy of 95 % is then known to two points either way (Wilson's 95 %
interval: 92.7 to 96.6 %), and to draw more takes more than an hour. Our own measurement:
a Quick start network classifies 500 in 0.4 s, after one second to render them."""

MAX_POINTS_IN_ALL = 1_000_000
"""Of one lab's drawings: 2,000 for each of 500, where Unipen's have 57 and those of the canvas
some hundreds. As float32 they are 8 MB, less than an upload's limit."""

PICTURE_SIDE = 100
"""Pixels on a side of a kept picture: as many as are used to make a network's input of it."""


@dataclass(frozen=True, eq=False)
class LabelledDrawing:
    """A drawing and its label.

    Attributes:
        label: From 0 to 9.
        strokes: In canvas pixels, at least one.

    Raises:
        HandwritingError: If it has another label, or no strokes.
    """

    label: int
    strokes: tuple[Stroke, ...]

    def __post_init__(self) -> None:
        check_label(self.label)
        if not self.strokes:
            raise HandwritingError("There is no drawing to label.", "Draw a digit first.")

    @property
    def points(self) -> int:
        """How many points its strokes have."""
        return sum(len(stroke.points) for stroke in self.strokes)

    def views(self) -> Views:
        """Return a network's input, (views, 28, 28)."""
        return view_strokes(self.strokes)


@dataclass(frozen=True, eq=False)
class LabelledPicture:
    """A digit out of a picture, whose strokes nobody knows, and its label.

    Attributes:
        label: From 0 to 9.
        pixels: Brightness of ink from 0 to 255, (`PICTURE_SIDE`, `PICTURE_SIDE`).

    Raises:
        HandwritingError: If it has another label or shape, or no ink.
    """

    label: int
    pixels: Pixels

    def __post_init__(self) -> None:
        check_label(self.label)
        if self.pixels.shape != (PICTURE_SIDE, PICTURE_SIDE) or not self.pixels.any():
            raise HandwritingError(
                f"A picture of a digit has {PICTURE_SIDE}×{PICTURE_SIDE} pixels, some of them ink.",
                "Choose another picture.",
            )

    @property
    def points(self) -> int:
        """None, since it has no strokes."""
        return 0

    def views(self) -> Views:
        """Return a network's input, (views, 28, 28)."""
        return view_ink(self.pixels.astype(np.float32) / np.float32(255))


LabelledDigit = LabelledDrawing | LabelledPicture


def check_label(label: int) -> None:
    """Raise HandwritingError unless a label is a digit."""
    if label not in range(DIGITS):
        raise HandwritingError(f"“{label}” is not a digit from 0 to 9.", "Choose one of the ten.")


def label_ink(label: int, ink: Ink) -> LabelledPicture:
    """Return a picture's ink with its label, brought to the size in which it is kept.

    Args:
        label: From 0 to 9.
        ink: Of any shape.

    Raises:
        HandwritingError: If the label is no digit.
        PictureError: If there is no ink at all.
    """
    fitted = fit_ink(ink, PICTURE_SIDE)
    top, left = ((PICTURE_SIDE - side) // 2 for side in fitted.shape)
    pixels = np.zeros((PICTURE_SIDE, PICTURE_SIDE), dtype=np.uint8)
    area = pixels[top : top + fitted.shape[0], left : left + fitted.shape[1]]
    area[...] = (fitted * 255).round()
    return LabelledPicture(label, pixels)


def view_digits(digits: Sequence[LabelledDigit]) -> Views:
    """Return a network's input for digits, at least one: (digits, views, 28, 28)."""
    return np.stack([digit.views() for digit in digits])
