"""Lines wider than MNIST's are made as thin, and finer ones as wide; others stay."""

import itertools

import numpy as np
import pytest

from mnistlab.core.arrays import Ink
from mnistlab.core.drawing.mnist_image import render_strokes, to_mnist
from mnistlab.core.drawing.strokes import Stroke
from mnistlab.core.pictures.pen import fit_pen, measure_distances, measure_pen, thin, widen


def bar(height: int, width: int) -> Ink:
    return np.ones((height, width), dtype=np.float32)


class TestDistances:
    def test_are_those_to_the_nearest_paper(self) -> None:
        """By hand: a hole in the middle of 5 by 7, and paper all around."""
        mask = np.ones((5, 7), dtype=bool)
        mask[2, 3] = False
        root = 2**0.5
        assert measure_distances(mask) == pytest.approx(
            np.array(
                [
                    [1, 1, 1, 1, 1, 1, 1],
                    [1, 2, root, 1, root, 2, 1],
                    [1, 2, 1, 0, 1, 2, 1],
                    [1, 2, root, 1, root, 2, 1],
                    [1, 1, 1, 1, 1, 1, 1],
                ]
            )
        )

    def test_are_the_least_of_all(self) -> None:
        """Each pair of pixels compared, on noise."""
        mask = np.random.default_rng(0).random((20, 30)) > 0.1
        framed = np.pad(mask, 1)
        paper = np.argwhere(~framed)
        expected = np.zeros(framed.shape)
        for place in np.argwhere(framed):
            expected[tuple(place)] = np.hypot(*(paper - place).T).min()
        assert measure_distances(mask) == pytest.approx(expected[1:-1, 1:-1], rel=1e-6)


@pytest.mark.parametrize("width", [3, 7, 15])
def test_half_a_line_s_width_is_measured(width: int) -> None:
    assert measure_pen(measure_distances(bar(100, width) > 0)) == pytest.approx(width / 2, abs=0.5)


def test_thinning_takes_as_much_from_each_side() -> None:
    """By hand: 100 by 40 less 14 on each side is a line of 72 by 12."""
    thinned = thin(bar(100, 40) > 0, 14)
    rows, columns = np.flatnonzero(thinned[:, 20]), np.flatnonzero(thinned[50])
    assert len(rows) == pytest.approx(72, abs=2)
    assert len(columns) == pytest.approx(12, abs=2)


def test_widening_adds_as_much_to_each_side() -> None:
    """By hand: 100 by 4 and 5 on each side is a line of 110 by 14, with room around it."""
    widened = widen(bar(100, 4) > 0, 5) > 0.5
    assert widened.any(axis=1).sum() == pytest.approx(110, abs=2)
    assert widened[50].sum() == pytest.approx(14, abs=2)
    assert not widened[0].any()


def ring(radius: float, pen: float) -> list[Stroke]:
    angles = np.linspace(0, 2 * np.pi, 40)
    points = 140 + radius * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return [Stroke(points.astype(np.float32), pen)]


class TestFitPen:
    def test_keeps_the_hole_of_a_small_ring_open(self) -> None:
        """A radius of 30 with a pen of 40 leaves a hole of 20 in 100 pixels: 4 in the box of 20."""
        thick = render_strokes(ring(30, 40))
        hole = [int((to_mnist(ink)[13:15] < 0.5).sum()) for ink in (thick, fit_pen(thick))]
        plain = int((to_mnist(render_strokes(ring(100, 27)))[13:15] < 0.5).sum())
        assert hole[0] < plain - 8
        assert hole[1] == pytest.approx(plain, abs=2)

    def test_a_broad_pen_gives_about_the_same_image(self) -> None:
        images = [to_mnist(fit_pen(render_strokes(ring(60, pen)))) for pen in (18, 28, 40)]
        for image in images[1:]:
            # Centred by rounding, a symmetric digit may come out a pixel further to a side.
            steps = itertools.product((-1, 0, 1), repeat=2)
            shifted = [np.roll(image, step, axis=(0, 1)) for step in steps]
            alike = [np.corrcoef(one.ravel(), images[0].ravel())[0, 1] for one in shifted]
            assert max(alike) > 0.95

    @pytest.mark.parametrize("pen", [1, 2, 5])
    def test_a_fine_line_is_as_bright_and_nearly_as_wide_as_mnists(self, pen: int) -> None:
        """MNIST's line is 2.4 pixels wide: the ring's ends in the middle row are full ink."""
        row = to_mnist(fit_pen(render_strokes(ring(100, pen))))[14]
        assert row.max() > 0.9
        assert row.sum() == pytest.approx(2 * 2.4, abs=0.8)
