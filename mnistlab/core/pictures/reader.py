"""Reads one digit in a picture: of all that may be it, the most plausible."""

from collections.abc import Sequence
from dataclasses import replace

from mnistlab.core.errors import PictureError
from mnistlab.core.pictures.candidates import Candidate, find_candidates
from mnistlab.core.pictures.decoding import Picture
from mnistlab.core.pictures.evidence import DigitModel, Judged, judge
from mnistlab.core.pictures.ink.segmentation import segment
from mnistlab.core.pictures.page import Page, prepare
from mnistlab.core.pictures.pen import fit_pen
from mnistlab.core.pictures.reading import (
    NO_CORRECTIONS,
    Corrections,
    Reading,
)

LEAST_PLAUSIBLE = 0.1
"""Of all candidates together: below, the picture is refused. Our own measurement, simulated photos
of training digits, fitted to four fifths of them and judged on the fifth: 0.4 % of 704 with a digit
are refused, and of 400 without one, of kinds not fitted to, 71 %; with 0.5 it is 3.0 and 87 %. What
is not refused is answered with doubt."""

CAUTION = 2
"""The power of a plausibility that readings have: pictures without a digit are of more kinds than
the weights are fitted to. Of 400 of kinds that were left out of a fit, 8 were answered with more
than 90 % confidence without it, and 5 with it; of simulated digits, 58 % in place of 71."""

SEVERAL, MOST_PARTS = 0.4, 5
"""Share of large marks beside a candidate, and marks of one, above which a refusal speaks of
several."""

TOO_SMALL = 0.06
"""Of the picture's shorter side: the largest mark's size below which it speaks of small ones."""

MOST_READINGS = 4

SAME_PLACE = 0.7
"""Shared area of two boxes, of both together, from which they are at the same place."""


def read_digit(
    picture: Picture, model: DigitModel, corrections: Corrections = NO_CORRECTIONS
) -> tuple[Reading, ...]:
    """Return what may be the digit in a picture, the most plausible first.

    Args:
        picture: As decoded.
        model: What digits look like.
        corrections: What a visitor says of it.

    Raises:
        PictureError: If it shows no digit.
    """
    page = prepare(picture, corrections)
    candidates = find_candidates(segment(page))
    judged = judge(candidates, model)
    if sum(one.plausibility for one in judged) < LEAST_PLAUSIBLE:
        raise _refusal(candidates, judged)
    return tuple(_reading(one, page) for one in _unite(judged)[:MOST_READINGS])


def _unite(judged: Sequence[Judged]) -> list[Judged]:
    """Return one of all candidates that are the same digit at the same place, the best of them.

    Its plausibility is that of all together.
    """
    united: list[Judged] = []
    for one in judged:
        for i, other in enumerate(united):
            if _is_same(one, other):
                both = one.plausibility + other.plausibility
                united[i] = replace(other, plausibility=both)
                break
        else:
            united.append(one)
    return sorted(united, key=lambda one: -one.plausibility)


def _is_same(one: Judged, other: Judged) -> bool:
    same_digit = one.probabilities.argmax() == other.probabilities.argmax()
    return bool(same_digit) and _overlap(one.candidate, other.candidate) >= SAME_PLACE


def _overlap(one: Candidate, other: Candidate) -> float:
    """Return the area that two boxes share, as a part of what they cover together."""
    width = min(one.box[2], other.box[2]) - max(one.box[0], other.box[0])
    height = min(one.box[3], other.box[3]) - max(one.box[1], other.box[1])
    shared = max(width, 0) * max(height, 0)
    return shared / (one.inside.size + other.inside.size - shared)


def _reading(judged: Judged, page: Page) -> Reading:
    candidate = judged.candidate
    outlines, box = page.outline(candidate.inside, candidate.box)
    return Reading(fit_pen(candidate.ink), outlines, box, judged.plausibility**CAUTION)


def _refusal(candidates: Sequence[Candidate], judged: Sequence[Judged]) -> PictureError:
    if not candidates:
        return PictureError(
            "Nothing in the picture stands out from the paper.",
            "Write with a darker pen, or move closer.",
        )
    if all(candidate.marks[0].sides for candidate in candidates):
        return PictureError(
            "Only marks at the picture's edge were found.",
            "Move the digit to the middle, with some paper around it.",
        )
    if not any(candidate.segmentation.fine for candidate in candidates):
        return PictureError(
            "Only a shadow is dark here.", "Take the photo with more light, or move closer."
        )
    return _refusal_of([one.candidate for one in judged])


def _refusal_of(candidates: Sequence[Candidate]) -> PictureError:
    """Say why the most plausible candidates are no digit."""
    side = min(candidates[0].segmentation.mask.shape)
    if all(candidate.marks[0].size < TOO_SMALL * side for candidate in candidates):
        return PictureError(
            "Only small marks were found.",
            "Move closer, until the digit fills most of the picture.",
        )
    if any(one.rivals > SEVERAL or len(one.marks) > MOST_PARTS for one in candidates):
        return PictureError(
            "Several marks were found, and none of them looks like one digit.",
            "Cut out the digit, or choose “Several”.",
        )
    return PictureError(
        "Nothing in the picture looks like a digit.",
        "Let one digit from 0 to 9 fill most of the picture, upright, on plain paper.",
    )
