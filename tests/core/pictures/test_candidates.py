"""Marks that may be a digit, and what is beside them."""

import numpy as np
import pytest
from PIL import Image

from mnistlab.core.arrays import Pixels
from mnistlab.core.pictures.candidates import Candidate, find_candidates
from mnistlab.core.pictures.ink.segmentation import segment
from mnistlab.core.pictures.page import prepare
from mnistlab.core.pictures.reading import NO_CORRECTIONS

BAR = (150, 100, 170, 200)
"""Left, top, right and bottom."""


def the_bar(page: Pixels) -> Candidate:
    """Return the candidate that is the bar alone."""
    picture = Image.fromarray(page).convert("RGBA")
    found = find_candidates(segment(prepare(picture, NO_CORRECTIONS)))
    return next(
        one for one in found if np.abs(np.subtract(one.box, BAR)).max() <= 2 and len(one.marks) == 1
    )


@pytest.fixture
def page() -> Pixels:
    pixels = np.full((300, 320), 240, dtype=np.uint8)
    pixels[BAR[1] : BAR[3], BAR[0] : BAR[2]] = 20
    return pixels


def test_alone_nothing_is_left(page: Pixels) -> None:
    assert the_bar(page).rest == the_bar(page).rivals == 0


def test_another_bar_is_half_of_the_ink_and_a_rival(page: Pixels) -> None:
    page[100:200, 250:270] = 20
    assert the_bar(page).rest == pytest.approx(0.5, abs=0.02)
    assert the_bar(page).rivals == pytest.approx(0.5, abs=0.02)


def test_a_hole_is_left_but_no_rival(page: Pixels) -> None:
    """By hand: 20 by 20 pixels beside 20 by 100 are a sixth."""
    page[140:160, 30:50] = 20
    assert the_bar(page).rest == pytest.approx(1 / 6, abs=0.02)
    assert the_bar(page).rivals == 0


def test_a_box_around_it_is_not_left(page: Pixels) -> None:
    page[60:240, [80, 81, 82, 240, 241, 242]] = 20
    page[[60, 61, 62, 237, 238, 239], 80:243] = 20
    assert the_bar(page).rest == 0
