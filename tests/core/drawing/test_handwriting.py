"""A student's labelled digits, drawn or out of a picture."""

import numpy as np
import pytest

from mnistlab.core.drawing.handwriting import (
    PICTURE_SIDE,
    LabelledDrawing,
    LabelledPicture,
    label_ink,
    view_digits,
)
from mnistlab.core.drawing.mnist_image import fit_ink, render_strokes
from mnistlab.core.drawing.views import view_ink, view_strokes
from mnistlab.core.errors import HandwritingError, PictureError
from tests.factories import stroke

SEVEN = LabelledDrawing(7, (stroke((60, 50), (220, 50), (120, 250)), stroke((90, 150), (200, 150))))
INK = render_strokes(SEVEN.strokes)


class TestALabelledDrawing:
    @pytest.mark.parametrize("label", [-1, 10, 99])
    def test_shows_a_digit(self, label: int) -> None:
        with pytest.raises(HandwritingError, match="not a digit"):
            LabelledDrawing(label, SEVEN.strokes)

    def test_has_strokes(self) -> None:
        with pytest.raises(HandwritingError, match="no drawing"):
            LabelledDrawing(3, ())


class TestALabelledPicture:
    def test_keeps_the_digit_as_large_as_fits_and_in_the_middle(self) -> None:
        bar = np.zeros((400, 300), dtype=np.float32)
        bar[150:350, 20:60] = 1  # five times as high as wide
        pixels = label_ink(1, bar).pixels
        assert pixels.dtype == np.uint8
        expected = np.zeros((100, 100), dtype=np.uint8)
        expected[:, 40:60] = 255
        assert np.array_equal(pixels, expected)

    def test_is_shown_to_a_network_as_its_ink_would_be(self) -> None:
        kept = label_ink(7, INK).views().astype(int)
        given = view_ink(fit_ink(INK, PICTURE_SIDE)).astype(int)
        assert np.abs(kept - given).max() <= 2  # one in 255 by rounding, one by rounding that

    def test_has_no_strokes(self) -> None:
        assert label_ink(7, INK).points == 0

    def test_has_ink(self) -> None:
        with pytest.raises(PictureError):
            label_ink(7, np.zeros((50, 50), dtype=np.float32))
        with pytest.raises(HandwritingError, match="some of them ink"):
            LabelledPicture(7, np.zeros((PICTURE_SIDE, PICTURE_SIDE), dtype=np.uint8))

    def test_has_one_size(self) -> None:
        with pytest.raises(HandwritingError, match="100×100"):
            LabelledPicture(7, np.ones((28, 28), dtype=np.uint8))

    def test_shows_a_digit(self) -> None:
        with pytest.raises(HandwritingError, match="not a digit"):
            label_ink(10, INK)


def test_drawings_and_pictures_are_shown_to_a_network_together() -> None:
    views = view_digits([SEVEN, label_ink(7, INK)])
    assert views.shape == (2, 3, 28, 28)
    assert np.array_equal(views[0], view_strokes(SEVEN.strokes))
