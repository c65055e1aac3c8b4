"""The ways in which a picture may be divided into ink and paper.

Each is a hypothesis: which channel shows the ink, whether it is dark or light, how wide its lines
may be, whether faint marks count, and whether there are printed lines.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from mnistlab.core.arrays import Mask, Pixels
from mnistlab.core.pictures.ink.contrast import Contrast, measure_contrast
from mnistlab.core.pictures.ink.lines import find_lines
from mnistlab.core.pictures.page import Page

WIDTHS = (0.07, 0.35)
"""Of the picture's longer side: the widest lines, and no wider shadows, that count as ink."""

LINE_THICKNESS = (0.012, 0.045)
"""Of the picture's longer side: rules and grids, and frames."""

SHORTEST_LINE = (0.45, 0.75)
"""Likewise of their side, the length of these."""

COLOURFUL = 12
"""Mean difference of a pixel's channels, of 255, in the most colourful hundredth of the picture,
from which colours are looked at one by one."""

NOISY = 1.5
"""Levels of grey, of 255: grain from which pixels are averaged with their neighbours."""

SPREADS = (0.8, 1.4, 2.4)
"""Pixels: the standard deviation of that average. The next is used if grain is left."""


@dataclass(frozen=True, eq=False)
class Segmentation:
    """One way to divide a picture into ink and paper.

    Attributes:
        brightness: The channel in which ink is dark, 0 to 255, (height, width).
        contrast: What it was found by.
        mask: What counts as ink.
        lines: What does not, being printed lines.
        strong: Whether faint marks are left out.
        light: Whether the ink is lighter than its paper.
        colour: Whether it was found in one colour's channel.
        fine: Whether wide lines are left out.
    """

    brightness: Pixels
    contrast: Contrast
    mask: Mask
    lines: Mask
    strong: bool
    light: bool
    colour: bool
    fine: bool


def segment(page: Page) -> Iterator[Segmentation]:
    """Give each way to divide a page into ink and paper."""
    smooth = _smooth(page.colours)
    grey = np.asarray(cv2.cvtColor(smooth, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    yield from _divide(page.excluded, grey, grey, light=False, colour=False)
    yield from _divide(page.excluded, 255 - grey, 255 - grey, light=True, colour=False)
    if _is_colourful(smooth):
        # Ink that is as bright as its paper is darker in one channel at least.
        yield from _divide(page.excluded, smooth, grey, light=False, colour=True)


def _divide(
    excluded: Mask, channels: Pixels, brightness: Pixels, *, light: bool, colour: bool
) -> Iterator[Segmentation]:
    side = max(brightness.shape)
    for share in WIDTHS:
        contrast = measure_contrast(channels, 2 * round(share * side / 2) + 1)
        if contrast.level == 0:
            continue
        fine = share == WIDTHS[0]
        for least in contrast.thresholds():
            mask = (contrast.values > least) & ~excluded
            strong = least > contrast.noise
            none = np.zeros(mask.shape, dtype=bool)
            thickness = max(2, round(side * LINE_THICKNESS[0 if fine else 1]))
            lines = find_lines(mask, thickness, SHORTEST_LINE[0 if fine else 1])
            for printed in (none, lines) if lines.any() else (none,):
                yield Segmentation(
                    brightness, contrast, mask & ~printed, printed, strong, light, colour, fine
                )


def _smooth(colours: Pixels) -> Pixels:
    """Average pixels with their neighbours as far as the paper's grain reaches."""
    smooth, reduced = colours, colours
    for spread in SPREADS:
        if min(reduced.shape[:2]) < 16 or _measure_noise(reduced) < NOISY:
            break
        smooth = np.asarray(cv2.GaussianBlur(colours, (0, 0), spread), dtype=np.uint8)
        reduced = np.asarray(cv2.resize(smooth, None, fx=1 / spread, fy=1 / spread), dtype=np.uint8)
    return smooth


def _measure_noise(colours: Pixels) -> float:
    """Return the standard deviation of the green channel's grain.

    By the median of differences of second order, which edges hardly change (J. Immerkær, "Fast
    noise variance estimation", 1996).
    """
    kernel = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], dtype=np.float32)
    rough = cv2.filter2D(np.ascontiguousarray(colours[:, :, 1]), cv2.CV_32F, kernel)
    return 1.4826 * float(np.median(np.abs(rough))) / 6


def _is_colourful(colours: Pixels) -> bool:
    # Averaged, since the noise of each channel is a colour too.
    size = [max(1, side // 4) for side in colours.shape[1::-1]]
    small = cv2.resize(colours, size, interpolation=cv2.INTER_AREA)
    spread = np.ptp(small.astype(np.float32), axis=2)
    return float(np.quantile(spread, 0.99)) > COLOURFUL
