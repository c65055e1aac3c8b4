"""A drawing is shown to a network straightened, and that narrower and wider."""

import numpy as np
import pytest

from mnistlab.core.arrays import Views
from mnistlab.core.drawing.mnist_image import render_strokes, strokes_to_mnist, to_mnist
from mnistlab.core.drawing.slant import straighten
from mnistlab.core.drawing.strokes import Stroke
from mnistlab.core.drawing.views import (
    view_image,
    view_ink,
    view_plain_ink,
    view_plain_strokes,
    view_strokes,
)
from mnistlab.core.errors import PictureError
from tests.factories import stroke

TEE = [
    Stroke(np.array([(60, 60), (140, 60)], dtype=np.float32), 20),
    Stroke(np.array([(100, 60), (100, 180)], dtype=np.float32), 20),
]


def sizes(views: Views) -> list[tuple[int, int]]:
    """Return the height and width of the ink in each view."""
    inked = [np.argwhere(view > 0) for view in views]
    heights_and_widths = [np.ptp(places, axis=0) + 1 for places in inked]
    return [(int(height), int(width)) for height, width in heights_and_widths]


class TestViewStrokes:
    def test_first_is_an_upright_digit_as_it_is(self) -> None:
        plain = (strokes_to_mnist(TEE) * 255).round()
        assert np.array_equal(view_strokes(TEE)[0], plain)

    def test_others_are_narrower_and_wider_and_fill_the_box_as_well(self) -> None:
        """The pen's way is 80 by 120, its line 2.4 wide, the box 20: 17.6 are left for 120.

        17.6 · 80 / 120 + 2.4 = 14.1, which touches 14 to 16 pixels; two thirds of the way
        make it 10.2, which touches 10 to 12; half as much again is the whole box.
        """
        views = view_strokes(TEE)
        assert views.dtype == np.uint8
        (_, plain), (narrow_height, narrow), (wide_height, wide) = sizes(views)
        assert (narrow_height, wide_height) == (20, 20)
        assert 14 <= plain <= 16
        assert 10 <= narrow <= 12
        assert wide == 20

    def test_first_is_a_slanted_digit_straightened(self) -> None:
        lean = np.array([[1, 0], [-0.5, 1]], dtype=np.float32)
        slanted = [Stroke(stroke.points @ lean, stroke.width) for stroke in TEE]
        straight, as_it_is = (
            (strokes_to_mnist(strokes) * 255).round() for strokes in (straighten(slanted), slanted)
        )
        assert np.array_equal(view_strokes(slanted)[0], straight)
        assert not np.array_equal(straight, as_it_is)

    def test_a_zeros_slash_is_left_out(self) -> None:
        angles = np.linspace(0, 2 * np.pi, 30)
        ring = Stroke(
            np.stack([100 + 40 * np.sin(angles), 100 - 60 * np.cos(angles)], 1).astype(np.float32),
            20,
        )
        slash = Stroke(np.array([(150, 20), (50, 180)], dtype=np.float32), 20)
        assert np.array_equal(view_strokes([ring, slash]), view_strokes([ring]))

    def test_a_one_on_a_foot_is_its_stem(self) -> None:
        stem, foot = stroke((100, 20), (100, 180)), stroke((50, 180), (150, 180))
        # The stem comes in short pieces, whose joints Pillow rounds to its own pixels.
        alone = view_strokes([stem]).astype(int)
        assert np.abs(view_strokes([stem, foot]) - alone).max() <= 16

    def test_needs_strokes(self) -> None:
        with pytest.raises(PictureError, match="picture is blank"):
            view_strokes([])


class TestViewInk:
    def test_shows_what_strokes_of_mnists_pen_show(self) -> None:
        """Drawn on the canvas with a pen as wide as MNIST's is in proportion: 2.4 of 20."""
        scale = 120 / (20 - 2.4)
        strokes = [Stroke(stroke.points, 2.4 * scale) for stroke in TEE]
        views = view_ink(render_strokes(strokes))
        assert views[0] == pytest.approx(to_mnist(render_strokes(strokes)) * 255, abs=4)
        for view, drawn in zip(views, view_strokes(strokes), strict=True):
            assert np.corrcoef(view.ravel(), drawn.ravel())[0, 1] > 0.7

    def test_needs_ink(self) -> None:
        with pytest.raises(PictureError, match="picture is blank"):
            view_ink(np.zeros((50, 50), dtype=np.float32))


def test_an_mnist_image_is_shown_as_it_is_alone() -> None:
    pixels = np.arange(784, dtype=np.uint8).reshape(28, 28)
    assert np.array_equal(view_image(pixels), [pixels])


class TestAsMostDemosShowIt:
    def test_a_drawing_keeps_its_place_and_its_pen(self) -> None:
        """The bar is from 50 to 150 across and from 50 to 70 down: a tenth of that is left."""
        bar = [Stroke(np.array([(60, 60), (140, 60)], dtype=np.float32), 20)]
        [plain] = view_plain_strokes(bar)
        rows, columns = np.nonzero(plain > 127)
        assert (rows.min(), rows.max()) == (5, 6)
        assert (columns.min(), columns.max()) == (5, 14)

    def test_a_picture_s_pixels_are_averaged(self) -> None:
        ink = np.zeros((56, 84), dtype=np.float32)  # blocks of 2 by 3
        ink[2:4, 6:9] = 1
        ink[20, 30] = 1
        [plain] = view_plain_ink(ink)
        expected = np.zeros((28, 28), dtype=np.uint8)
        expected[1, 2], expected[10, 10] = 255, round(255 / 6)
        assert np.array_equal(plain, expected)

    def test_an_empty_canvas_is_black(self) -> None:
        assert not view_plain_strokes([]).any()
