"""Contrast becomes coverage with ink."""

import numpy as np
import pytest

from mnistlab.core.pictures.ink.coverage import cover


def test_a_third_of_the_contrast_is_paper_and_two_thirds_are_ink() -> None:
    """By hand: ink of 200 begins at 70 and is full at 130; 100 is half of it."""
    contrast = np.array([[0, 70, 100, 130, 255]], dtype=np.uint8)
    assert cover(contrast, 200) == pytest.approx(np.array([[0, 0, 0.5, 1, 1]]), abs=1e-6)
