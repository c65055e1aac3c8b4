"""How much darker than the paper around it each pixel of the straightened page is."""

import numpy as np

from mnistlab.core.arrays import Float32Array
from mnistlab.core.sheet.raster import PIXELS

COARSE = 3
"""Pixels on a side of those in which paper is estimated, half a millimetre: noise is averaged,
and the edge of a shadow is still where it is."""

WIDEST_PEN = 6.0
"""Millimetres. Whatever is dark and wider is a shadow."""

DARKEST_PAPER = 0.04
"""Brightness below which a photo shows nothing."""

NOISE_BLOCK = 60
"""Pixels on a side of blocks in which noise is measured, 10 mm."""

STRONG_NOISE = 0.05
"""Standard deviation, as a share of paper's light, at which a pixel is half blurred."""

BLUR = 2.0
"""Pixels, a third of a millimetre: the standard deviation of the blur."""


def measure_darkness(page: Float32Array) -> Float32Array:
    """Return which share of the paper's light each pixel lacks, (height, width).

    Ink takes a share of the light that falls on it, so the same ink is as dark in the shade. Paper
    is 0 in the median, and noise on both sides of it.

    Args:
        page: Brightness from 0 to 1.
    """
    darkness = 1 - page / _paper(page).clip(min=DARKEST_PAPER)
    centred: Float32Array = darkness - np.median(darkness[::COARSE, ::COARSE])
    return centred


def measure_noise(darkness: Float32Array) -> Float32Array:
    """Return the standard deviation of paper around each pixel, (height, width).

    It is larger in the shade. By the median in blocks, of which lines and ink cover less than half.
    """
    import cv2

    height, width = (side // NOISE_BLOCK for side in darkness.shape)
    whole = darkness[: height * NOISE_BLOCK, : width * NOISE_BLOCK]
    blocks = whole.reshape(height, NOISE_BLOCK, width, NOISE_BLOCK).swapaxes(1, 2)
    values = blocks.reshape(height, width, -1)
    spread = np.median(np.abs(values - np.median(values, axis=-1, keepdims=True)), axis=-1)
    smooth = cv2.medianBlur((1.4826 * spread).astype(np.float32), 3)
    return np.asarray(cv2.resize(smooth, darkness.shape[::-1]), dtype=np.float32)


def soften_noise(darkness: Float32Array) -> Float32Array:
    """Return the darkness blurred where its noise is strong, by two pixels at most."""
    import cv2

    noise = measure_noise(darkness)
    share = noise**2 / (noise**2 + STRONG_NOISE**2)
    blurred = cv2.GaussianBlur(darkness, (0, 0), BLUR)
    softened: Float32Array = darkness + share * (np.asarray(blurred) - darkness)
    return softened


def _paper(page: Float32Array) -> Float32Array:
    """Return how bright the page would be without lines and ink.

    By a morphological closing (J. Serra, "Image Analysis and Mathematical Morphology", 1982), which
    fills what is dark and narrow and leaves edges of light where they are.
    """
    import cv2

    height, width = page.shape
    small = cv2.resize(page, (width // COARSE, height // COARSE), interpolation=cv2.INTER_AREA)
    side = round(WIDEST_PEN * PIXELS / COARSE) | 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    closed = cv2.morphologyEx(small, cv2.MORPH_CLOSE, disc, borderType=cv2.BORDER_REPLICATE)
    paper = cv2.resize(closed, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(paper, dtype=np.float32)
