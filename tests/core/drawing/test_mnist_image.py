"""From ink and strokes to the image that MNIST's makers would have made."""

import math

import numpy as np
import pytest

from mnistlab.core.arrays import Ink
from mnistlab.core.data.mnist import Digits
from mnistlab.core.drawing.mnist_image import render_strokes, strokes_to_mnist, to_mnist
from mnistlab.core.drawing.strokes import Stroke
from mnistlab.core.errors import PictureError
from tests.factories import stroke

SEVEN = [stroke((20, 8), (50, 7), (80, 6), (66, 34), (54, 62), (44, 97), width=8)]


def moved(strokes: list[Stroke], scale: float, x: float, y: float, width: float) -> list[Stroke]:
    shift = np.array([x, y], dtype=np.float32)
    return [Stroke(s.points * np.float32(scale) + shift, width) for s in strokes]


def sheet(*blocks: tuple[int, int, int, int]) -> Ink:
    """Paper of 300 by 300 with full ink in blocks of (top, bottom, left, right)."""
    ink = np.zeros((300, 300), dtype=np.float32)
    for top, bottom, left, right in blocks:
        ink[top:bottom, left:right] = 1
    return ink


def edges(ink: Ink) -> tuple[int, int, int, int]:
    """Return the first and last row, and the first and last column, that have ink."""
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    return int(rows[0]), int(rows[-1]), int(columns[0]), int(columns[-1])


def box(ink: Ink) -> tuple[int, int]:
    """Return the height and width of the part that has ink."""
    top, bottom, left, right = edges(ink)
    return bottom - top + 1, right - left + 1


def centre_of_mass(ink: Ink) -> tuple[float, float]:
    rows, columns = np.indices(ink.shape)
    return float((rows * ink).sum() / ink.sum()), float((columns * ink).sum() / ink.sum())


def likeness(image: Ink, other: Ink) -> float:
    return float(np.corrcoef(image.ravel(), other.ravel())[0, 1])


class TestToMnist:
    @pytest.mark.parametrize(
        ("height", "width", "fitted"),
        [
            (200, 100, (20, 10)),
            (100, 200, (10, 20)),
            (40, 40, (20, 20)),
            (10, 7, (20, 14)),
            (290, 1, (20, 1)),
            (1, 1, (20, 20)),
        ],
    )
    def test_fits_a_box_of_20_pixels_and_keeps_the_aspect(
        self, height: int, width: int, fitted: tuple[int, int]
    ) -> None:
        image = to_mnist(sheet((5, 5 + height, 8, 8 + width)))
        assert image.shape == (28, 28)
        assert image.dtype == np.float32
        assert box(image) == fitted
        assert image.max() == pytest.approx(1)

    def test_averages_by_area(self) -> None:
        """30 columns become 20, each of 1½: one column of ink fills two thirds of one."""
        ink = sheet((100, 130, 100, 101), (100, 130, 129, 130))
        [row] = to_mnist(ink)[14:15]
        assert row[np.flatnonzero(row)] == pytest.approx([2 / 3, 2 / 3])

    def test_puts_the_centre_of_mass_in_the_middle(self) -> None:
        """An upside-down T of 20 by 20, worked by hand.

        The stem, rows 0 to 15 and 4 columns wide, has mass 64 and its middle at row 7.5;
        the foot, rows 16 to 19 and 20 wide, has 80 at 17.5. Together 13.06, so that 14
        needs the T to begin at row 1. Columns have their middle at 9.5 and begin at 4.
        """
        image = to_mnist(sheet((20, 180, 100, 140), (180, 220, 20, 220)))
        assert edges(image) == (1, 20, 4, 23)
        assert centre_of_mass(image) == pytest.approx((1 + (64 * 7.5 + 80 * 17.5) / 144, 13.5))

    def test_never_pushes_ink_out_of_the_field(self) -> None:
        """All the mass is at one side, and half a pixel of ink at the other."""
        image = to_mnist(sheet((0, 200, 0, 30), (99, 101, 0, 200)))
        assert box(image) == (20, 20)
        assert edges(image)[3] == 27

    def test_does_not_mind_where_the_digit_is(self) -> None:
        large = render_strokes(moved(SEVEN, 1.5, 60, 60, 16))
        assert np.array_equal(to_mnist(large), to_mnist(np.roll(large, (35, -40), axis=(0, 1))))

    def test_gives_mnist_back(self, test_digits: Digits) -> None:
        """A few come out one pixel to a side: what MNIST's makers rounded is not known."""
        alike = []
        for place, pixels in enumerate(test_digits.pixels[:300].numpy()):
            image = pixels.reshape(28, 28).astype(np.float32) / 255
            enlarged = np.kron(image, np.ones((9, 9), dtype=np.float32))
            placed = np.pad(enlarged, ((place % 50, 120), (77, place % 31)))
            alike.append(likeness(to_mnist(placed), image))
        assert np.mean(np.array(alike) > 0.999) > 0.98

    @pytest.mark.parametrize("shape", [(50, 50), (1, 1), (0, 0)])
    def test_needs_ink(self, shape: tuple[int, int]) -> None:
        with pytest.raises(PictureError, match="picture is blank"):
            to_mnist(np.zeros(shape, dtype=np.float32))


class TestStrokesToMnist:
    @pytest.mark.parametrize("width", [12, 20, 28])
    @pytest.mark.parametrize(("scale", "x", "y"), [(2, 40, 40), (0.6, 200, 10), (0.6, 5, 190)])
    def test_does_not_mind_size_place_and_pen(
        self, scale: float, x: float, y: float, width: float
    ) -> None:
        plain = strokes_to_mnist(SEVEN)
        again = strokes_to_mnist(moved(SEVEN, scale, x, y, width))
        # Rounding in float32 may tip one of the 16 steps of a pixel's side.
        assert np.abs(again - plain).max() < 0.15
        assert likeness(again, plain) > 0.999

    def test_fits_the_ink_to_20_pixels(self) -> None:
        assert max(box(strokes_to_mnist(SEVEN))) == 20

    def test_keeps_the_aspect(self) -> None:
        """100 by 50 between pen positions: 17.6 by 8.8, and the pen's 2.4 on each."""
        corners = stroke((0, 0), (50, 0), (50, 100), (0, 100), (0, 0), width=12)
        ink = strokes_to_mnist([corners])
        assert ink[:, 14].sum() == pytest.approx(2 * 2.4, abs=0.3)
        assert ink.sum(axis=0).max() == pytest.approx(20, abs=0.3)
        assert ink.sum(axis=1).max() == pytest.approx(8.8 + 2.4, abs=0.3)

    @pytest.mark.parametrize("ends", [((140, 40), (140, 240)), ((40, 99), (240, 99))])
    def test_draws_a_straight_line_long_and_thin(
        self, ends: tuple[tuple[float, float], tuple[float, float]]
    ) -> None:
        image = strokes_to_mnist([stroke(*ends)])
        assert sorted(box(image)) == [4, 20]
        assert image.sum() == pytest.approx(17.6 * 2.4 + math.pi * 1.2**2, rel=0.03)

    @pytest.mark.parametrize("width", [12, 28])
    @pytest.mark.parametrize("points", [[(60, 60)], [(60, 60), (60, 60)]])
    def test_draws_a_dot_as_a_dot(self, points: list[tuple[float, float]], width: float) -> None:
        image = strokes_to_mnist([stroke(*points, width=width)])
        assert image.sum() == pytest.approx(math.pi * 1.2**2, rel=0.1)

    def test_does_not_make_a_jittery_dot_large(self) -> None:
        image = strokes_to_mnist([stroke((60, 60), (62, 61), (61, 63), width=28)])
        assert max(box(image)) <= 6

    def test_is_as_inky_as_mnist(self, test_digits: Digits) -> None:
        """MNIST's sevens have this much ink, all 1,028 of the test set on average."""
        sevens = test_digits.pixels[test_digits.labels == 7].numpy() / 255
        mean, spread = sevens.sum(axis=1).mean(), sevens.sum(axis=1).std()
        assert abs(strokes_to_mnist(SEVEN).sum() - mean) < spread

    def test_is_between_paper_and_ink(self) -> None:
        image = strokes_to_mnist(SEVEN)
        assert image.shape == (28, 28)
        assert image.dtype == np.float32
        assert (image.min(), image.max()) == (0.0, 1.0)
        assert ((image > 0) & (image < 1)).any()

    def test_needs_a_stroke(self) -> None:
        with pytest.raises(PictureError, match="picture is blank"):
            strokes_to_mnist([])


class TestRenderStrokes:
    def test_a_line_is_as_wide_as_its_pen_and_round_at_its_ends(self) -> None:
        ink = render_strokes([stroke((40, 140), (240, 140), width=20)])
        assert ink.shape == (280, 280)
        assert ink[:, 140].sum() == pytest.approx(20, abs=0.5)
        assert ink.sum() == pytest.approx(200 * 20 + math.pi * 10**2, rel=0.01)

    def test_a_corner_is_round(self) -> None:
        """Two arms of 100 by 20 share 10 by 10; a quarter of the pen rounds their corner."""
        ink = render_strokes([stroke((100, 200), (100, 100), (200, 100), width=20)])
        expected = 2 * 100 * 20 - 10 * 10 + math.pi * 100 / 4 + math.pi * 100
        assert ink.sum() == pytest.approx(expected, rel=0.01)
        assert ink[91, 91] == 0

    def test_edges_are_grey(self) -> None:
        ink = render_strokes([stroke((50, 50), (200, 170), width=20)])
        assert ((ink > 0.2) & (ink < 0.8)).sum() > 100

    def test_what_leaves_the_canvas_is_cut_off(self) -> None:
        ink = render_strokes([stroke((-300, 30), (900, 30), width=20)], size=60)
        assert ink.shape == (60, 60)
        assert ink.sum() == pytest.approx(60 * 20, rel=0.03)

    def test_no_stroke_is_paper(self) -> None:
        assert not render_strokes([]).any()
