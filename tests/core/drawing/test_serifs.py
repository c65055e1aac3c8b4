"""The foot and flag of a one are left out, and nothing else is."""

import numpy as np
import pytest

from mnistlab.core.drawing.serifs import remove_serifs
from mnistlab.core.drawing.strokes import Stroke
from tests.factories import DIGITS, stroke

STEM = stroke((100, 20), (96, 180))
FLAGGED = stroke((60, 70), (100, 20), (96, 180))
FEET = {
    "level": stroke((50, 180), (150, 182)),
    "rising": stroke((50, 200), (150, 160)),
    "drawn from the right": stroke((150, 180), (50, 180)),
    "a little below the stem": stroke((50, 200), (150, 200)),
    "crossed by the stem's end": stroke((50, 172), (150, 170)),
    "short": stroke((75, 180), (120, 180)),
    "a little bent": stroke((50, 176), (100, 182), (150, 176)),
}
TURNS = [-15, 0, 15]
"""Degrees."""


def turned(strokes: list[Stroke], degrees: float) -> list[Stroke]:
    """Rotate strokes about the pad's centre."""
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    turn = np.array([[cos, sin], [-sin, cos]])
    return [
        Stroke(((each.points - 140) @ turn + 140).astype(np.float32), each.width)
        for each in strokes
    ]


def check_is_stem(found: list[Stroke], stem: Stroke) -> None:
    """Hold what is left to a straight line from the stem's first to its last point."""
    [line] = found
    assert line.points[[0, -1]] == pytest.approx(stem.points[[0, -1]], abs=1.5)
    assert line.width == stem.width


@pytest.mark.parametrize("foot", FEET.values(), ids=FEET)
@pytest.mark.parametrize("line", [STEM, FLAGGED], ids=["without a flag", "with a flag"])
def test_leaves_the_stem_of_a_one_on_a_foot(line: Stroke, foot: Stroke) -> None:
    check_is_stem(remove_serifs([line, foot]), STEM)
    check_is_stem(remove_serifs([foot, line]), STEM)


def test_a_flag_may_be_a_stroke_of_its_own() -> None:
    check_is_stem(remove_serifs([STEM, stroke((100, 20), (60, 70)), FEET["level"]]), STEM)


@pytest.mark.parametrize("degrees", TURNS)
def test_a_one_may_be_rotated(degrees: float) -> None:
    [found] = remove_serifs(turned([FLAGGED, FEET["level"]], degrees))
    [stem] = turned([STEM], degrees)
    # The highest point of a rotated flag is the stem's, since the flag is below it.
    check_is_stem([found], stem)


@pytest.mark.parametrize("size", [0.3, 5])
def test_a_one_may_be_of_any_size(size: float) -> None:
    strokes = [Stroke(each.points * size, each.width) for each in (FLAGGED, FEET["level"])]
    assert len(remove_serifs(strokes)) == 1


OTHERS = {
    "a one with a flag alone": [FLAGGED],
    "a one with a flag of its own": [STEM, stroke((100, 20), (60, 70))],
    "a two with a base of its own": [
        stroke((50, 60), (80, 20), (130, 40), (125, 90), (50, 180)),
        stroke((50, 180), (150, 180)),
    ],
    "a straight two with a base of its own": [
        stroke((50, 40), (110, 20), (50, 180)),
        stroke((50, 180), (150, 180)),
    ],
    "a four": [stroke((70, 40), (50, 120), (140, 120)), stroke((110, 20), (105, 180))],
    "a four of three strokes": [
        stroke((90, 20), (50, 130)),
        stroke((50, 130), (150, 130)),
        stroke((110, 20), (110, 180)),
    ],
    "a four on a foot": [
        stroke((70, 20), (50, 120), (140, 120)),
        stroke((110, 20), (110, 180)),
        stroke((50, 180), (150, 180)),
    ],
    "a crossed seven": [stroke((50, 40), (140, 40), (80, 180)), stroke((70, 105), (130, 100))],
    "a seven with a low bar": [
        stroke((50, 20), (140, 20), (80, 180)),
        stroke((60, 140), (140, 138)),
    ],
    "a tee": [stroke((50, 20), (150, 20)), STEM],
    "a plus": [stroke((100, 20), (100, 180)), stroke((20, 100), (180, 100))],
    "a corner": [STEM, stroke((96, 180), (160, 180))],
    "a line far under another": [stroke((100, 20), (100, 100)), stroke((50, 180), (150, 180))],
    "a dot under a line": [STEM, stroke((96, 200))],
    "two dots": [stroke((100, 100)), stroke((100, 120))],
    "a level line": [stroke((20, 100), (180, 100))],
    "two level lines": [stroke((20, 100), (180, 100)), stroke((20, 100), (180, 100))],
    "nothing": [],
}


@pytest.mark.parametrize("strokes", OTHERS.values(), ids=OTHERS)
def test_leaves_all_else_as_it_is(strokes: list[Stroke]) -> None:
    assert remove_serifs(strokes) == strokes


@pytest.mark.parametrize("degrees", TURNS)
@pytest.mark.parametrize("digit", DIGITS)
def test_leaves_the_digits_as_they_are(digit: int, degrees: float) -> None:
    strokes = turned([stroke(*points) for points in DIGITS[digit]], degrees)
    assert remove_serifs(strokes) == strokes
