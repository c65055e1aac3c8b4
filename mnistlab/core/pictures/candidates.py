"""Groups the marks of a segmentation into what may be a digit."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from mnistlab.core.arrays import Ink, Mask
from mnistlab.core.pictures.ink.contrast import histogram, upper_mean
from mnistlab.core.pictures.ink.coverage import cover
from mnistlab.core.pictures.ink.marks import Labels, Mark, find_marks
from mnistlab.core.pictures.ink.segmentation import Segmentation

SEEDS = 4
"""The largest marks that a digit may have as its largest part."""

GAPS = (0.0, 0.1, 0.35)
"""Of a part's size: how far apart the parts of a digit may be. The first is the mark alone."""

LEAST_HEIGHT = 6
"""Pixels."""

FLATTEST = 3.0
"""Of its height: how wide a digit is at most."""

LARGE = 0.5
"""Of a candidate's size: a mark that may be what is meant instead, and no hole or stain."""


@dataclass(frozen=True, eq=False)
class Candidate:
    """Marks that may be a digit.

    Attributes:
        segmentation: Where they were found.
        marks: The largest first.
        box: Left, top, right and bottom in pixels.
        inside: Which pixels in the box are of these marks.
        rest: Ink of other marks that neither touch the picture's edge nor surround it, as a share
            of both.
        rivals: Likewise of those that are at least half as large.
        enclosed: Ink of all marks well inside the largest one's box, as a share of its own.
    """

    segmentation: Segmentation
    marks: tuple[Mark, ...]
    box: tuple[int, int, int, int]
    inside: Mask
    rest: float
    rivals: float
    enclosed: float

    @property
    def ink(self) -> Ink:
        """The ink in the box, 0 to 1."""
        left, top, right, bottom = self.box
        values = self.segmentation.contrast.values[top:bottom, left:right]
        ink = cover(values, upper_mean(histogram(values[self.inside])))
        near = cv2.dilate(self.inside.astype(np.uint8), np.ones((3, 3), dtype=np.uint8)) > 0
        return np.where(near, ink, np.float32(0))


def find_candidates(segmentations: Iterable[Segmentation]) -> list[Candidate]:
    """Return the groups of marks that may be a digit, each but once."""
    found: dict[tuple[int, ...], Candidate] = {}
    for segmentation in segmentations:
        labels, marks = find_marks(segmentation.mask)
        for parts in _groups(marks):
            candidate = _candidate(segmentation, labels, parts, marks)
            if _may_be_a_digit(candidate):
                found.setdefault(_identity(candidate), candidate)
    return list(found.values())


def _may_be_a_digit(candidate: Candidate) -> bool:
    left, top, right, bottom = candidate.box
    height, width = bottom - top, right - left
    return height >= LEAST_HEIGHT and width <= FLATTEST * height


def _identity(candidate: Candidate) -> tuple[int, ...]:
    """Return what candidates of different segmentations share if they are hardly different."""
    left, top, right, bottom = candidate.box
    area = int(candidate.inside.sum())
    step = max(right - left, bottom - top) / 24
    places = [round(side / step) for side in candidate.box]
    return (*places, round(math.log(area) / math.log(1.15)), int(candidate.segmentation.light))


def _groups(marks: Sequence[Mark]) -> Iterator[list[Mark]]:
    for seed in [mark for mark in marks if mark.sides < 3][:SEEDS]:
        for gap in GAPS:
            yield _grow(seed, marks, gap) if gap else [seed]
    whole = [mark for mark in marks if not mark.sides]
    if whole:
        yield whole


def _grow(seed: Mark, marks: Sequence[Mark], gap: float) -> list[Mark]:
    """Add the marks that are near, and those near to them."""
    parts, others = [seed], [m for m in marks if m != seed and not m.surrounds(seed)]
    for part in parts:  # which grows meanwhile
        near = [m for m in others if m.gap(part) <= gap * max(seed.size, part.size)]
        parts += near
        others = [m for m in others if m not in near]
    return parts


def _candidate(
    segmentation: Segmentation, labels: Labels, parts: Sequence[Mark], marks: Sequence[Mark]
) -> Candidate:
    left, top = min(m.left for m in parts), min(m.top for m in parts)
    right, bottom = max(m.right for m in parts), max(m.bottom for m in parts)
    box = left, top, right, bottom
    chosen = np.zeros(int(max(m.label for m in marks)) + 1, dtype=bool)
    chosen[[m.label for m in parts]] = True
    part = labels[top:bottom, left:right]
    inside = chosen[np.where(part < len(chosen), part, 0)]
    own = sum(m.area for m in parts)
    others = [m for m in marks if m not in parts and not m.sides and not m.holds(box)]
    rest = sum(m.area for m in others)
    least = LARGE * max(right - left, bottom - top)
    rivals = sum(m.area for m in others if m.size >= least)
    largest = max(parts, key=lambda m: m.area)
    within = sum(m.area for m in marks if m is not largest and largest.encloses(m))
    return Candidate(
        segmentation,
        tuple(sorted(parts, key=lambda m: -m.area)),
        box,
        inside,
        rest / (rest + own),
        rivals / (rivals + own),
        within / largest.area,
    )
