"""What is found in a picture, and what a visitor may correct."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mnistlab.core.arrays import Ink, Views
from mnistlab.core.drawing.views import view_ink

Outline = NDArray[np.int32]
"""A closed line around a mark, as x, y in pixels of the decoded picture, (n, 2)."""

Box = tuple[int, int, int, int]
"""Left, top, right and bottom in pixels; the last two are outside."""


@dataclass(frozen=True, eq=False)
class Corrections:
    """What a visitor says of a picture.

    Attributes:
        quarter_turns: How often the picture is turned by 90 degrees, counterclockwise. All else,
            and all that is found, is in pixels of the turned picture.
        box: The part of the picture with the digit; None for all of it.
        excluded: Outlines of marks that are no part of a digit.
    """

    quarter_turns: int = 0
    box: Box | None = None
    excluded: tuple[Outline, ...] = ()


NO_CORRECTIONS = Corrections()


@dataclass(frozen=True, eq=False)
class Reading:
    """What may be the digit in a picture.

    Attributes:
        ink: Its ink, its lines about as wide as MNIST's, (height, width).
        outlines: Around each of its marks, the largest mark first.
        box: Around all of them.
        plausibility: The probability that this is the digit that is meant, rather too low than too
            high, as a fraction.
    """

    ink: Ink
    outlines: tuple[Outline, ...]
    box: Box
    plausibility: float

    def views(self) -> Views:
        """Return a network's input for it, (views, 28, 28)."""
        return view_ink(self.ink)


@dataclass(frozen=True, eq=False)
class FoundDigit(Reading):
    """One of several digits in a picture.

    Attributes:
        row: The line of digits that it stands in, counted from 0 at the top.
    """

    row: int
