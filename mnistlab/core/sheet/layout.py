"""Where everything is on the form, in millimetres, x to the right and y downwards.

The boxes and the four marks around them are the same on every paper, in coordinates that begin
at the upper left corner of the boxes; a paper only adds its margins. A printer that scales the
page to fit scales both, and nothing here depends on the printed size.
"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from mnistlab.core.arrays import Float64Array
from mnistlab.core.settings.config import DIGITS

BOX_WIDTH, BOX_HEIGHT = 17.0, 21.0
"""Of one box, higher than wide, as digits are."""

ROWS = 10
"""Boxes for each digit."""

LABEL_HEIGHT = 8.0
"""Of the row above the boxes, in which each column's digit is printed."""

MARK_SIDE = 12.0
"""Of a corner mark. Our own measurement, in 40 photos as `python -m benchmarks sheet` takes them:
of this size and of 8 mm all four are found in each, of 5 mm in 27. Blurred for noise or with
contrast raised, a photo shows no more of them."""

MARK_GAP = 5.0
"""Between a mark and the labels or boxes, more than the white border that a mark needs, one of
its six modules."""

LINE_WIDTH = 0.25
"""Of the boxes' lines."""

CORNERS = ("upper left", "upper right", "lower right", "lower left")
"""The marks, in the order of their ids."""


@dataclass(frozen=True)
class Paper:
    """A paper's name, and its width and height in millimetres."""

    name: str
    width: float
    height: float


@dataclass(frozen=True)
class Layout:
    """A form.

    Attributes:
        paper: What it is printed on.
        rows: Boxes for each digit.
        first_mark: The id of the upper left mark; the others' follow clockwise.
    """

    paper: Paper
    rows: int
    first_mark: int

    @property
    def width(self) -> float:
        """The boxes' width together."""
        return DIGITS * BOX_WIDTH

    @property
    def height(self) -> float:
        """The boxes' height together."""
        return self.rows * BOX_HEIGHT

    @property
    def top(self) -> float:
        """Where the upper marks begin, above the boxes: negative."""
        return -(LABEL_HEIGHT + MARK_GAP + MARK_SIDE)

    @property
    def bottom(self) -> float:
        """Where the lower marks end."""
        return self.height + MARK_GAP + MARK_SIDE

    @property
    def margins(self) -> tuple[float, float]:
        """Where the boxes begin on the paper; boxes and marks are in its middle."""
        above = (self.paper.height - (self.bottom - self.top)) / 2
        return (self.paper.width - self.width) / 2, above - self.top

    def mark_corners(self, place: int) -> Float64Array:
        """Return the corners of a mark, clockwise from its upper left: (4, 2).

        Args:
            place: Its index in `CORNERS`.
        """
        x = self.width - MARK_SIDE if place in (1, 2) else 0.0
        y = self.top if place in (0, 1) else self.bottom - MARK_SIDE
        square = np.array([(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)])
        return square * MARK_SIDE + (x, y)


A4 = Paper("A4", 210.0, 297.0)
LETTER = Paper("Letter", 215.9, 279.4)

LAYOUTS = (Layout(A4, ROWS, first_mark=0), Layout(LETTER, ROWS, first_mark=len(CORNERS)))
"""All forms there are. A printed form must be readable for as long as it exists, so a new one
gets ids of its own."""


def find_layouts(marks: Collection[int]) -> list[Layout]:
    """Return the forms that marks of these ids belong to."""
    firsts = {mark - mark % len(CORNERS) for mark in marks}
    return [layout for layout in LAYOUTS if layout.first_mark in firsts]
