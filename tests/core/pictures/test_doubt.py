"""Doubt makes probabilities more alike."""

import numpy as np
import pytest

from mnistlab.core.pictures.doubt import temper


def test_as_far_as_a_reading_is_not_plausible_all_digits_are_equally_probable() -> None:
    """By hand: 0.8 of 0.9 and a tenth of 0.2 are 0.74."""
    sure = np.full(10, 0.1 / 9, dtype=np.float32)
    sure[3] = 0.9
    tempered = temper(sure, 0.8)
    assert tempered[3] == pytest.approx(0.74)
    assert tempered.sum() == pytest.approx(1)
    assert temper(sure, 1.0) == pytest.approx(sure)
    assert temper(sure, 0.0) == pytest.approx(np.full(10, 0.1))
