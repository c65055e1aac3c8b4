"""From ink and strokes to the image that MNIST's makers would have made."""

import numpy as np
import pytest

from mnistlab.core.data import Digits
from mnistlab.core.digits import Ink, Stroke, render_strokes, strokes_to_mnist, to_mnist
from mnistlab.core.errors import PictureError


def stroke(*points: tuple[float, float], width: float = 20) -> Stroke:
    return Stroke(np.array(points, dtype=np.float32), width)


SEVEN = [stroke((20, 8), (50, 7), (80, 6), (66, 34), (54, 62), (44, 97), width=8)]


def moved(strokes: list[Stroke], scale: float, x: float, y: float, width: float) -> list[Stroke]:
    shift = np.array([x, y], dtype=np.float32)
    return [Stroke(s.points * np.float32(scale) + shift, width) for s in strokes]


def box(ink: Ink) -> tuple[int, int]:
    """Return the height and width of the part that has ink."""
    rows, columns = np.nonzero(ink.max(axis=1))[0], np.nonzero(ink.max(axis=0))[0]
    return int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1


def centre_of_mass(ink: Ink) -> tuple[float, float]:
    rows, columns = np.indices(ink.shape)
    return float((rows * ink).sum() / ink.sum()), float((columns * ink).sum() / ink.sum())


class TestToMnist:
    @pytest.mark.parametrize(("height", "width"), [(200, 100), (100, 200), (40, 40), (10, 7)])
    def test_fits_the_longer_side_to_20_pixels(self, height: int, width: int) -> None:
        ink = np.zeros((300, 300), dtype=np.float32)
        ink[30 : 30 + height, 50 : 50 + width] = 1
        scale = 20 / max(height, width)
        expected = (round(height * scale), round(width * scale))
        assert box(to_mnist(ink)) == pytest.approx(expected, abs=1)

    def test_puts_the_centre_of_mass_in_the_middle(self) -> None:
        ink = np.zeros((100, 100), dtype=np.float32)
        ink[10:90, 10:30] = 1  # an L, heavier below and to the left
        ink[70:90, 10:80] = 1
        assert centre_of_mass(to_mnist(ink)) == pytest.approx((14, 14), abs=0.51)

    def test_does_not_mind_where_the_digit_is(self) -> None:
        large = render_strokes(moved(SEVEN, 1.5, 60, 60, 16))
        assert np.array_equal(to_mnist(large), to_mnist(np.roll(large, (35, -40), axis=(0, 1))))

    def test_gives_mnist_back(self, test_digits: Digits) -> None:
        for pixels in test_digits.pixels[:60]:
            image = pixels.reshape(28, 28).numpy().astype(np.float32) / 255
            enlarged = np.kron(image, np.ones((9, 9), dtype=np.float32))
            placed = np.pad(enlarged, ((3, 120), (77, 1)))
            again = to_mnist(placed)
            assert np.corrcoef(again.ravel(), image.ravel())[0, 1] > 0.9

    def test_needs_ink(self) -> None:
        with pytest.raises(PictureError):
            to_mnist(np.zeros((50, 50), dtype=np.float32))


class TestStrokesToMnist:
    @pytest.mark.parametrize("width", [12, 20, 28])
    @pytest.mark.parametrize(("scale", "x", "y"), [(2, 40, 40), (0.6, 200, 10), (0.6, 5, 190)])
    def test_does_not_mind_size_place_and_pen(
        self, scale: float, x: float, y: float, width: float
    ) -> None:
        plain = strokes_to_mnist(SEVEN)
        assert np.allclose(strokes_to_mnist(moved(SEVEN, scale, x, y, width)), plain, atol=0.15)

    def test_fits_the_ink_to_20_pixels(self) -> None:
        assert max(box(strokes_to_mnist(SEVEN))) in (20, 21)

    def test_draws_a_one_tall_and_thin(self) -> None:
        height, width = box(strokes_to_mnist([stroke((140, 40), (140, 240))]))
        assert height >= 19
        assert width <= 5

    def test_does_not_make_a_dot_large(self) -> None:
        height, width = box(strokes_to_mnist([stroke((60, 60))]))
        assert max(height, width) <= 6

    def test_is_between_paper_and_ink(self) -> None:
        image = strokes_to_mnist(SEVEN)
        assert image.shape == (28, 28)
        assert image.dtype == np.float32
        assert (image.min(), image.max()) == (0.0, 1.0)

    def test_needs_a_stroke(self) -> None:
        with pytest.raises(PictureError):
            strokes_to_mnist([])


def test_a_rendered_line_is_as_wide_as_its_pen() -> None:
    ink = render_strokes([stroke((40, 140), (240, 140), width=20)])
    assert ink[:, 140].sum() == pytest.approx(20, abs=1)
    assert ink[140].sum() == pytest.approx(200 + 20, abs=2)
