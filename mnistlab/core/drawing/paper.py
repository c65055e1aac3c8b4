"""Separates ink from paper in a photo or a screenshot of a digit."""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from mnistlab.core.errors import PictureError

Ink = NDArray[np.float32]
"""Brightness of ink from 0 (paper) to 1, of any shape (height, width)."""
Brightness = NDArray[np.float32]
"""Brightness of a picture from 0 (black) to 1, (height, width)."""
Grid = NDArray[np.float64]
Pixels = TypeVar("Pixels", Brightness, Grid)
Mask = NDArray[np.bool_]

COARSE_SIDE = 64
"""Cells on a side, enough to fit lighting and to separate marks."""

LIGHT_TOLERANCE = 0.05
"""Difference of brightness from the paper's at which a pixel's weight in the fit is half."""

FRAME_ROUNDS, ALL_ROUNDS = 10, 10
"""Rounds of fitting paper to the frame, then to all. On 60 made-up photos with slanting,
fading and shadowed light, twice as many changed it by 0.01 at most."""

FAINTEST_INK = 0.1
"""Contrast with paper. Our own choice: fainter marks count as creases, shadows and writing on
the other side."""

NOISE_SPREAD = 5.0
"""Standard deviations of paper's noise that are not ink: of Gaussian noise less than one pixel
in a million is beyond."""

INK_BEGINS, INK_FULL = 0.35, 0.65
"""Shares of the ink's contrast between which paper turns into ink. Lower ones would include the
lines of squared paper; their middle, a half, keeps the width of strokes."""

SMALL_SIDE = 150
"""Pixels. In smaller pictures, as in MNIST's own, a grey pixel is partly covered by ink, and
stays grey. In larger ones grey is blur, or something else. MNIST's own images result with a
correlation of 0.99 this way, and 0.95 if treated like large ones."""

SPECK = 0.02
"""A mark with less than this share of the largest mark's ink is dirt and not part of a digit.
Of 863 lesser strokes in Unipen's digits, 99 in 100 are a tenth as long as the longest or
more (our own measurement), such as the bar of a 5."""


def find_ink(brightness: Brightness) -> Ink:
    """Find the ink on paper, dark on light or light on dark, also unevenly lit.

    Raises:
        PictureError: If there is paper only.
    """
    marks = _marks(brightness)
    floor = max(FAINTEST_INK, NOISE_SPREAD * _noise(marks))
    written = marks[marks > floor]
    if not len(written):
        raise nothing_written()
    small = max(brightness.shape) < SMALL_SIDE
    begins, full = (0.0, 1.0) if small else (INK_BEGINS, INK_FULL)
    share = marks / _upper_mean(written)
    ink = ((share - begins) / (full - begins)).clip(0, 1)
    return _without_specks(np.where(marks > floor, ink, 0).astype(np.float32))


def frame(values: Pixels, deep: int = 1) -> Pixels:
    """Return the outermost pixels, those in the corners twice, in one dimension.

    Args:
        values: (height, width).
        deep: How many rows and columns from each edge.
    """
    edges = values[:deep], values[-deep:], values[:, :deep], values[:, -deep:]
    return np.concatenate([edge.ravel() for edge in edges])


def nothing_written() -> PictureError:
    """Return the error for a picture of paper alone."""
    return PictureError(
        "No digit was found in the picture.",
        "Write one digit with a dark pen on plain paper, and let it fill most of the picture.",
    )


def _marks(brightness: Brightness) -> Brightness:
    """Return how much each pixel differs from paper, towards ink: below 0 is not ink."""
    paper = _paper(brightness)
    difference: Brightness = brightness - paper
    if np.square(difference.clip(min=0)).sum() > np.square(difference.clip(max=0)).sum():
        return difference
    # Dark ink reflects a share of the light that the paper around it gets.
    reflected: Brightness = -difference / paper.clip(min=LIGHT_TOLERANCE)
    return reflected


def _paper(brightness: Brightness) -> Brightness:
    """Return how bright paper would be without ink: a surface of second degree.

    It is fitted to the frame, where most is paper, then to all pixels, since lighting changes
    slowly and ink suddenly. Cauchy weights (as in iteratively reweighted least squares,
    Holland & Welsch 1977) almost exclude ink.
    """
    reduced = Image.fromarray(brightness).reduce(_cell(brightness))
    coarse = np.asarray(reduced, dtype=np.float64)
    terms = _terms(*coarse.shape)
    values = coarse.ravel()
    everywhere = np.ones(coarse.shape)
    only_frame = everywhere.copy()
    only_frame[1:-1, 1:-1] = 0
    residuals = values - np.median(frame(coarse))
    for where in [only_frame] * FRAME_ROUNDS + [everywhere] * ALL_ROUNDS:
        weights = where.ravel() / (1 + np.square(residuals / LIGHT_TOLERANCE))
        # Six equations instead of thousands, which would use several threads.
        weighted = terms.T * weights
        surface = np.linalg.lstsq(weighted @ terms, weighted @ values)[0]
        residuals = values - terms @ surface
    y, x = _positions(*brightness.shape)
    a, b, c, d, e, f = surface
    paper: Grid = a + b * x + c * x * x + (d + e * x) * y + f * y * y
    return paper.astype(np.float32)


def _terms(height: int, width: int) -> Grid:
    """Return 1, x, x², y, xy and y² at each pixel: (height × width, 6)."""
    y, x = np.broadcast_arrays(*_positions(height, width))
    return np.stack([np.ones_like(x), x, x * x, y, x * y, y * y], axis=-1).reshape(-1, 6)


def _positions(height: int, width: int) -> tuple[Grid, Grid]:
    """Return y, (height, 1), and x, (1, width), of pixels from 0 to 1."""
    return (np.arange(height)[:, None] + 0.5) / height, (np.arange(width)[None] + 0.5) / width


def _cell(values: Brightness) -> int:
    """Return the side of a cell in pixels, rounded up."""
    side: int = -(-max(values.shape) // COARSE_SIDE)
    return side


def _noise(marks: Brightness) -> float:
    """Return the standard deviation of paper, by the median, which ink hardly changes.

    It includes the error of the lighting's fit. It is measured on the frame, since a closely
    cropped digit may cover half of the inside, one cell deep, since the edge may be a ruled
    line.
    """
    return 1.4826 * float(np.median(np.abs(frame(marks, _cell(marks)))))


def _upper_mean(values: Brightness) -> float:
    """Return the mean of the upper of two groups: edges and squares, and the ink proper.

    They are divided as in N. Otsu, "A threshold selection method from gray-level
    histograms" (1979), where the variance between the two is greatest.
    """
    # Computer-drawn ink may differ in the last float32 digit only, which leaves no bins.
    counts, edges = np.histogram(values.astype(np.float64), bins=64)
    middles = (edges[:-1] + edges[1:]) / 2
    below = np.cumsum(counts)
    above = below[-1] - below
    sums = np.cumsum(counts * middles)
    # Squared distance between the two means, times both counts, without dividing by 0.
    between = np.square(sums[-1] * below - sums * below[-1]) / np.maximum(below * above, 1)
    return float(values[values >= edges[between.argmax() + 1]].mean())


def _without_specks(ink: Ink) -> Ink:
    """Remove marks with little ink; marks a cell apart count as one."""
    from scipy import ndimage  # imported with the first picture and not when a server starts

    side = _cell(ink)
    cells = _cell_sums(ink, side)
    # Cells that touch are one mark, corners included.
    marks, count = ndimage.label(cells > 0, structure=np.ones((3, 3)))
    totals = ndimage.sum_labels(cells, marks, range(count + 1))
    keep = (totals >= SPECK * totals.max())[marks]
    mask = keep.repeat(side, axis=0).repeat(side, axis=1)
    return np.where(mask[: ink.shape[0], : ink.shape[1]], ink, np.float32(0))


def _cell_sums(ink: Ink, side: int) -> Grid:
    rows = np.add.reduceat(ink, np.arange(0, ink.shape[0], side), axis=0, dtype=np.float64)
    return np.add.reduceat(rows, np.arange(0, ink.shape[1], side), axis=1)
