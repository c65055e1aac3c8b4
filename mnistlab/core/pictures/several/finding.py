"""Finds all digits of a sheet: rows of them, a phone number, a form's cells."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from mnistlab.core.arrays import Mask, Pixels
from mnistlab.core.errors import PictureError
from mnistlab.core.network.numpy_forward import Network
from mnistlab.core.pictures.decoding import WORKING_SIDE, Picture
from mnistlab.core.pictures.ink.contrast import measure_contrast
from mnistlab.core.pictures.ink.lines import find_lines
from mnistlab.core.pictures.ink.marks import Labels, Mark, divide
from mnistlab.core.pictures.page import Page, prepare
from mnistlab.core.pictures.pen import fit_pen
from mnistlab.core.pictures.reading import NO_CORRECTIONS, Corrections, FoundDigit
from mnistlab.core.pictures.several import rows
from mnistlab.core.pictures.several.parts import Part, cut, join, look_at

LINE_WIDTHS = 0.04, 0.16
"""Of the page's longer side: the widest lines of a digit among several, of a pen or a marker."""

LINE_THICKNESS = 0.005
"""Likewise of printed lines."""

SHORTEST_LINE = 0.45
"""Of the page's side."""

LOWEST, HIGHEST = 0.4, 2.0
"""Of the usual height: the height of a digit."""

WIDE_DIGIT, WIDEST_DIGIT = 0.9, 1.3
"""Of the usual height: a wider part may be several digits, and is cut if that surprises less; one
between is cut only if the network is not clear about it."""

CLEAR = 0.05
"""The surprise, of a probability of 0.95, up to which it is."""

LOOSE = 0.55
"""Of the usual height, below which a mark may be a part of the digit beside it."""

NEAR = 0.25
"""Of the usual height: how far apart a digit's parts are, at most."""

SUREST_NOISE = 0.35
"""The network's probability below which a mark is no digit."""

LEAST_HEIGHT = 10
"""Pixels."""

MOST_MARKS = 4_000
"""The largest that are looked at."""

SAMPLE = 60
"""Marks by which it is seen how much a way to divide the page finds."""

PROMISING = 0.8
"""Of what the best way finds in its sample, from which another one is its rival."""

FEW = 300
"""Marks of rivals that are all looked at. On a page of more the sample decides."""


@dataclass(frozen=True, eq=False)
class Division:
    """What counts as ink in one way to divide the page.

    Attributes:
        contrast: Of the page, 0 to 255.
        labels: The number of the mark that each pixel belongs to.
        marks: Those of a size that digits and their parts may have.
        usual: The height of most digits.
    """

    contrast: Pixels
    labels: Labels
    marks: Sequence[Mark]
    usual: float

    def look_at(self, marks: Sequence[Mark], network: Network) -> list[Part]:
        """Return marks with the network's probabilities."""
        places = [(mark.box, self.labels[mark.part] == mark.label) for mark in marks]
        return look_at(places, self.contrast, network)


def find_digits(
    picture: Picture, network: Network, corrections: Corrections = NO_CORRECTIONS
) -> tuple[FoundDigit, ...]:
    """Return the digits of a picture, in reading order.

    Args:
        picture: As decoded.
        network: Which tells digits apart.
        corrections: What a visitor says of it.

    Raises:
        PictureError: If there are none.
    """
    page = prepare(picture, corrections, WORKING_SIDE)
    divisions = _choose(list(_divide(page)), network)
    found = max((_find(one, network) for one in divisions), key=_evidence, default=[])
    if not found:
        raise PictureError(
            "No digits were found in the picture.",
            "Write them larger, with a dark pen, or move closer.",
        )
    order = rows.arrange([part.box for part in found])
    return tuple(
        _found_digit(found[place], row, page)
        for row, places in enumerate(order)
        for place in places
    )


def _divide(page: Page) -> Iterator[Division]:
    """Give each way to divide the page."""
    grey = np.asarray(cv2.cvtColor(page.colours, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    side = max(grey.shape)
    thickness = max(2, round(LINE_THICKNESS * side))
    for brightness, share in itertools.product((grey, 255 - grey), LINE_WIDTHS):
        width = 2 * round(share * side / 2) + 1
        contrast = measure_contrast(brightness[:, :, np.newaxis], width)
        for least in contrast.thresholds() if contrast.level else []:
            mask = (contrast.values > least) & ~page.excluded
            if _is_ink(brightness, mask):
                lines = find_lines(mask, thickness, SHORTEST_LINE)
                yield _divide_ink(contrast.values, mask & ~lines)


def _divide_ink(contrast: Pixels, mask: Mask) -> Division:
    labels, marks = divide(mask, LEAST_HEIGHT // 2, MOST_MARKS)
    usual = _usual_height(marks)
    large = [mark for mark in marks if 0.1 * usual <= mark.size <= 6 * usual]
    return Division(contrast, labels, large, usual)


def _choose(divisions: Sequence[Division], network: Network) -> list[Division]:
    """Return the way that finds most, as far as a sample of its marks tells, and its rivals."""
    promises = [_promise(division, network) for division in divisions]
    order = sorted(range(len(divisions)), key=lambda i: -promises[i])
    rivals = [divisions[i] for i in order if promises[i] >= PROMISING * promises[order[0]]]
    marks = itertools.accumulate(len(division.marks) for division in rivals)
    return [
        one for one, count in zip(rivals, marks, strict=True) if one is rivals[0] or count <= FEW
    ]


def _promise(division: Division, network: Network) -> float:
    step = -(-len(division.marks) // SAMPLE) or 1
    parts = division.look_at(division.marks[::step], network)
    return step * _evidence([part for part in parts if _is_digit(part, division.usual)])


def _is_ink(brightness: Pixels, mask: Mask) -> bool:
    """Return whether marks are unlike most of the page, and not the paper between its marks."""
    if not mask.any():
        return False
    around = cv2.dilate(mask.astype(np.uint8), np.ones((5, 5), dtype=np.uint8)) > 0
    paper, ink = (float(np.median(brightness[where])) for where in (around & ~mask, mask))
    usual = float(np.median(brightness))
    return abs(usual - ink) > abs(usual - paper)


def _find(division: Division, network: Network) -> list[Part]:
    usual, contrast = division.usual, division.contrast
    parts = division.look_at(division.marks, network)
    digits: list[Part] = []
    for part in _join_loose(parts, usual, contrast, network):
        several = _may_be_several(part, usual)
        digits += cut(part, usual, contrast, network) if several else [part]
    return [part for part in digits if _is_digit(part, usual)]


def _may_be_several(part: Part, usual: float) -> bool:
    width = part.width / usual
    return width > WIDEST_DIGIT or (width > WIDE_DIGIT and part.surprise > CLEAR)


def _usual_height(marks: Sequence[Mark]) -> float:
    """Return the height of the mark in the middle, if each counts as much as its height."""
    heights = np.sort([m.bottom - m.top for m in marks if m.bottom - m.top >= LEAST_HEIGHT])
    if not len(heights):
        return float(LEAST_HEIGHT)
    total = heights.cumsum()
    return float(heights[np.searchsorted(total, total[-1] / 2)])


def _join_loose(
    parts: Sequence[Part], usual: float, contrast: Pixels, network: Network
) -> list[Part]:
    """Join low marks, such as the bar of a 5, with the mark beside which surprises least."""
    whole = [part for part in parts if part.height >= LOOSE * usual]
    for loose in (part for part in parts if part.height < LOOSE * usual):
        near = [part for part in whole if _gap(part, loose) <= NEAR * usual]
        if not near:
            continue
        tried = look_at([join(part, loose) for part in near], contrast, network)
        gains = [part.surprise - both.surprise for part, both in zip(near, tried, strict=True)]
        best = int(np.argmax(gains))
        if gains[best] > -0.02 and tried[best].width <= 1.3 * usual:
            whole[[part is near[best] for part in whole].index(True)] = tried[best]
    return whole


def _gap(one: Part, other: Part) -> int:
    across = max(one.box[0], other.box[0]) - min(one.box[2], other.box[2])
    down = max(one.box[1], other.box[1]) - min(one.box[3], other.box[3])
    return max(across, down, 0)


def _is_digit(part: Part, usual: float) -> bool:
    sure = float(part.probabilities.max()) >= SUREST_NOISE
    return sure and LOWEST * usual <= part.height <= HIGHEST * usual


def _evidence(parts: Sequence[Part]) -> float:
    """Return how much ink a way to divide the page has found in digits, the doubtful for less."""
    return float(sum((1 - part.surprise) * part.height * part.level for part in parts))


def _found_digit(part: Part, row: int, page: Page) -> FoundDigit:
    outlines, box = page.outline(part.inside, part.box)
    plausibility = float(part.probabilities.max())
    return FoundDigit(fit_pen(part.ink), outlines, box, plausibility, row)
