"""The form's marks in a photo."""

import numpy as np
import pytest

from mnistlab.core.arrays import Pixels
from mnistlab.core.errors import PictureError
from mnistlab.core.sheet.layout import LAYOUTS, Layout
from mnistlab.core.sheet.marks import find_marks
from tests.forms import FORM, PIXELS, print_form


def cover(page: Pixels, *places: int) -> Pixels:
    """Put a grey thumb on the marks at these places."""
    for place in places:
        corners = (FORM.mark_corners(place) + FORM.margins) * PIXELS
        (left, top), (right, bottom) = corners[0].astype(int), corners[2].astype(int)
        page[top - 20 : bottom + 20, left - 20 : right + 20] = 120
    return page


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.paper.name)
def test_are_where_the_layout_has_them(layout: Layout) -> None:
    """To a fifth of a millimetre, on either paper."""
    found = find_marks(print_form(layout))
    assert found.layout == layout
    assert sorted(found.corners) == [0, 1, 2, 3]
    for place, corners in found.corners.items():
        expected = (layout.mark_corners(place) + layout.margins) * PIXELS - 0.5
        assert np.abs(corners - expected).max() < PIXELS / 5


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_are_told_apart_however_the_page_lies(turns: int) -> None:
    """Their own upper left corner turns with them."""
    page = print_form()
    upright, turned = find_marks(page), find_marks(np.ascontiguousarray(np.rot90(page, turns)))
    height, width = page.shape
    for place, corners in upright.corners.items():
        x, y = corners.T
        expected = {
            1: (y, width - 1 - x),
            2: (width - 1 - x, height - 1 - y),
            3: (height - 1 - y, x),
        }[turns]
        assert np.abs(turned.corners[place] - np.stack(expected, axis=-1)).max() < PIXELS / 5


def test_one_may_be_under_a_thumb() -> None:
    assert sorted(find_marks(cover(print_form(), 1)).corners) == [0, 2, 3]


def test_that_are_missing_are_named() -> None:
    with pytest.raises(PictureError, match=r"Only 2 of .* the upper right and lower left are"):
        find_marks(cover(print_form(), 1, 3))
    with pytest.raises(PictureError, match=r"Only 1 of .*: the upper left, lower right and lower"):
        find_marks(cover(print_form(), 0, 2, 3))


def test_a_photo_of_something_else_has_none() -> None:
    with pytest.raises(PictureError, match="None of the form's four corner marks") as refusal:
        find_marks(np.random.default_rng(0).integers(0, 256, (400, 300), dtype=np.uint8))
    assert "whole page" in refusal.value.remedy


def test_two_forms_are_refused() -> None:
    pages = [print_form(layout)[:2_200] for layout in LAYOUTS]
    with pytest.raises(PictureError, match="two forms"):
        find_marks(np.hstack(pages))
