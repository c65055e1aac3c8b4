"""How much of each pixel is inked."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mnistlab.core.arrays import Ink

BEGINS, FULL = 0.35, 0.65
"""Shares of the ink's contrast between which paper turns into ink; their middle, a half, keeps the
width of lines that are blurred."""


def cover(contrast: NDArray[Any], level: float) -> Ink:
    """Return the coverage with ink, 0 to 1, of each pixel.

    Args:
        contrast: With the paper, (height, width), in any unit.
        level: Of the ink, in the same unit.
    """
    share = (contrast / level - BEGINS) / (FULL - BEGINS)
    return np.asarray(share.clip(0, 1), dtype=np.float32)
