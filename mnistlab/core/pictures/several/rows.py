"""Puts digits in reading order: rows from the top, each from the left."""

from collections.abc import Sequence

from mnistlab.core.pictures.reading import Box

SAME_ROW = 0.5
"""Of the lower height: how far apart the middles of neighbours in a row are, at most."""


def arrange(boxes: Sequence[Box]) -> list[list[int]]:
    """Return the places of boxes among those given, row by row.

    A row is followed from left to right, so that it may slant.
    """
    rows: list[list[int]] = []
    for place in sorted(range(len(boxes)), key=lambda i: boxes[i][0]):
        nearest = min(rows, key=lambda row: _apart(boxes[row[-1]], boxes[place]), default=None)
        if nearest is not None and _apart(boxes[nearest[-1]], boxes[place]) <= SAME_ROW:
            nearest.append(place)
        else:
            rows.append([place])
    return sorted(rows, key=lambda row: sum(boxes[i][1] + boxes[i][3] for i in row) / len(row))


def _apart(one: Box, other: Box) -> float:
    """Return how far apart the middles are downwards, as a share of the taller's height."""
    middles = abs((one[1] + one[3]) - (other[1] + other[3])) / 2
    return middles / max(one[3] - one[1], other[3] - other[1])
