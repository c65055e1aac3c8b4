"""A decoded picture as it is looked at: turned, cut, and large enough."""

from dataclasses import dataclass

import cv2
import numpy as np

from mnistlab.core.arrays import Mask, Pixels
from mnistlab.core.pictures.decoding import Picture, colours_on_paper
from mnistlab.core.pictures.reading import Box, Corrections, Outline

READING_SIDE = 720
"""Pixels of the longer side at which one digit is looked for."""

LEAST_SIDE = 160
"""Pixels to which a smaller picture, such as one of MNIST's own, is enlarged smoothly."""

MARGIN = 3
"""Pixels around an excluded mark that are excluded too: its blurred edge."""


@dataclass(frozen=True, eq=False)
class Page:
    """A picture to look for digits in.

    Attributes:
        colours: 0 to 255, red first, (height, width, 3).
        excluded: What is no part of a digit, (height, width).
        scale: Its pixels for each of the decoded picture's.
        left: The decoded picture's column at which it begins.
        top: Likewise its row.
    """

    colours: Pixels
    excluded: Mask
    scale: float
    left: int
    top: int

    def in_picture(self, outline: Outline) -> Outline:
        """Return an outline in the decoded picture's pixels."""
        places = outline / self.scale + (self.left, self.top)
        return np.asarray(places.round(), dtype=np.int32)

    def outline(self, inside: Mask, box: Box) -> tuple[tuple[Outline, ...], Box]:
        """Return the outlines of marks, the longest first, and the box around all of them.

        Both are in the decoded picture's pixels.

        Args:
            inside: Which pixels of the box are marks, (height, width).
            box: In the page's pixels.
        """
        found, _ = cv2.findContours(
            inside.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE
        )
        marks = [np.asarray(each, dtype=np.int32).reshape(-1, 2) + box[:2] for each in found]
        longest_first = sorted(marks, key=lambda mark: -float(np.ptp(mark, axis=0).max()))
        outlines = tuple(map(self.in_picture, longest_first))
        places = np.concatenate(outlines)
        left, top = (int(value) for value in places.min(axis=0))
        right, bottom = (int(value) + 1 for value in places.max(axis=0))
        return outlines, (left, top, right, bottom)


def prepare(picture: Picture, corrections: Corrections, side: int = READING_SIDE) -> Page:
    """Turn and cut a picture, and bring it to a size at which it is looked at.

    Args:
        picture: As decoded.
        corrections: What its visitor says of it.
        side: The longer side's pixels at most.
    """
    whole = picture.rotate(90 * corrections.quarter_turns, expand=True)
    left, top, right, bottom = corrections.box or (0, 0, *whole.size)
    left, top = min(max(left, 0), whole.width - 1), min(max(top, 0), whole.height - 1)
    part = whole.crop((left, top, max(right, left + 1), max(bottom, top + 1)))
    longer = max(part.size)
    scale = side / longer if longer > side else max(1.0, LEAST_SIDE / longer)
    colours = _resize(colours_on_paper(part), scale)
    excluded = np.zeros(colours.shape[:2], dtype=np.uint8)
    for outline in corrections.excluded:
        places = ((outline - (left, top)) * scale).round().astype(np.int32)
        cv2.fillPoly(excluded, [places], 1)
        cv2.polylines(excluded, [places], True, 1, 2 * MARGIN + 1)
    return Page(colours, excluded > 0, scale, left, top)


def _resize(colours: Pixels, scale: float) -> Pixels:
    if scale == 1:
        return colours
    size = [max(1, round(side * scale)) for side in colours.shape[1::-1]]
    way = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
    return np.asarray(cv2.resize(colours, size, interpolation=way), dtype=np.uint8)
