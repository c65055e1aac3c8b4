"""Slanted digits are straightened by three quarters, drawn or photographed."""

import numpy as np
import pytest
from numpy.typing import NDArray

from mnistlab.core.drawing.mnist_image import render_strokes
from mnistlab.core.drawing.slant import SHARE, straighten, straighten_ink
from mnistlab.core.drawing.strokes import Stroke
from tests.factories import DIGITS, stroke

SLANTS = [-0.4, -0.2, 0.3, 0.5]


def lean(strokes: list[Stroke], slant: float) -> list[Stroke]:
    """Lean strokes to the left by a share of their height: x grows with y."""
    shear = np.array([[1, 0], [slant, 1]], dtype=np.float32)
    return [Stroke(each.points @ shear, each.width) for each in strokes]


def ink_slant(ink: NDArray[np.float32]) -> float:
    """Return the slope of the line x(y) through all ink that fits best, by least squares."""
    y, x = np.nonzero(ink)
    return float(np.polyfit(y, x, 1, w=np.sqrt(ink[y, x]))[0])


UPRIGHT = [stroke((100, 40), (100, 240))]


class TestStrokes:
    @pytest.mark.parametrize("slant", SLANTS)
    def test_of_a_leaning_line_keep_a_quarter_of_its_slant(self, slant: float) -> None:
        [line] = straighten(lean(UPRIGHT, slant))
        (left, top), (right, bottom) = line.points.tolist()
        assert (right - left) / (bottom - top) == pytest.approx(slant * (1 - SHARE), abs=1e-5)
        assert (top, bottom) == (40, 240)

    @pytest.mark.parametrize("digit", DIGITS)
    def test_of_a_digit_end_up_alike_however_it_leaned(self, digit: int) -> None:
        """Of 0.4 more slant about 0.1 more is left, within 0.06: lines that lean are longer."""
        strokes = [stroke(*points) for points in DIGITS[digit]]
        one, other = straighten(lean(strokes, -0.2)), straighten(lean(strokes, 0.2))
        heights = np.concatenate([each.points[:, 1] for each in strokes])
        moved = [its.points[:, 0] - mine.points[:, 0] for mine, its in zip(one, other, strict=True)]
        slope = np.polyfit(heights, np.concatenate(moved), 1)[0]
        assert slope == pytest.approx(0.1, abs=0.06)

    def test_of_an_upright_line_stay(self) -> None:
        assert straighten(UPRIGHT)[0].points.tolist() == UPRIGHT[0].points.tolist()

    @pytest.mark.parametrize(
        "strokes",
        [[], [stroke((9, 9))], [stroke((9, 9), (9, 9))], [stroke((0, 50), (90, 50))]],
        ids=["none", "a dot", "a stroke that never moved", "a level line"],
    )
    def test_without_height_stay(self, strokes: list[Stroke]) -> None:
        found = straighten(strokes)
        assert [each.points.tolist() for each in found] == [s.points.tolist() for s in strokes]


class TestInk:
    @pytest.mark.parametrize("slant", SLANTS)
    @pytest.mark.parametrize("digit", [1, 3, 4, 8])
    def test_keeps_a_quarter_of_its_slant(self, digit: int, slant: float) -> None:
        strokes = [stroke(*points, width=8) for points in DIGITS[digit]]
        moved = [Stroke(each.points + 60, 8.0) for each in lean(strokes, slant)]
        ink = render_strokes(moved)
        straight = straighten_ink(ink)
        assert ink_slant(straight) == pytest.approx(ink_slant(ink) * (1 - SHARE), abs=0.01)
        assert straight.sum() == pytest.approx(ink.sum(), rel=1e-3)
        assert straight.shape[0] == ink.shape[0]

    def test_of_a_level_bar_stays(self) -> None:
        ink = np.zeros((5, 40), dtype=np.float32)
        ink[2, 3:30] = 1
        assert straighten_ink(ink).tolist() == ink.tolist()
