"""Converts ink to a 28×28 image by the procedure of MNIST's makers.

The procedure (Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten
digits", http://yann.lecun.com/exdb/mnist): black and white digits "were size normalized
to fit in a 20x20 pixel box while preserving their aspect ratio", which made grey levels,
and were "centered in a 28x28 image by computing the center of mass of the pixels, and
translating the image so as to position this point at the center of the 28x28 field".
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from mnistlab.core.arrays import Ink
from mnistlab.core.data.geometry import BOX, CENTRE, FIELD
from mnistlab.core.drawing.strokes import CANVAS, Stroke
from mnistlab.core.errors import PictureError

PEN_WIDTH = 2.4
"""The width in pixels of the pen that `strokes_to_mnist` draws with. Our own measurement:
600 MNIST training images were enlarged 8 times and cut at half brightness; the median
distance from the ridges of their distance transform to paper, doubled, is 2.46 for the
median image. Strokes drawn here with a pen of 2.4 give the same figure. The inked pixels of
3,234 pen-drawn digits of Unipen, drawn here, have MNIST's shares of ten grey levels within 1.5
percentage points."""

SUPERSAMPLING = 16
"""Steps of a pixel's side in drawing at MNIST's size, for 256 levels of grey."""

CANVAS_SUPERSAMPLING = 4
"""Likewise for the canvas, whose pixels are ten times finer."""


def to_mnist(ink: Ink, wider: float = 1.0) -> Ink:
    """Fit ink into MNIST's box, keeping its aspect ratio, and centre its mass: (28, 28).

    Args:
        ink: Of any shape.
        wider: The factor of its width; the height stays the same.

    Raises:
        PictureError: If there is no ink at all.
    """
    digit = crop(ink)
    return _centre(_resize(digit, *_sides((digit.shape[0], digit.shape[1] * wider), BOX)))


def crop(ink: Ink) -> Ink:
    """Return ink without the paper around it.

    Raises:
        PictureError: If there is no ink at all.
    """
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if not len(rows):
        raise _no_ink()
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def fit_ink(ink: Ink, side: int) -> Ink:
    """Crop the digit and scale it so that its longer side has so many pixels, (height, width).

    Raises:
        PictureError: If there is no ink at all.
    """
    digit = crop(ink)
    return _resize(digit, *_sides(digit.shape, side))


def squeeze(ink: Ink) -> Ink:
    """Scale ink to the size of MNIST's images, keeping its mean brightness: (28, 28)."""
    return _resize(ink, FIELD, FIELD)


def render_strokes(strokes: Sequence[Stroke], size: int = CANVAS) -> Ink:
    """Draw strokes as the canvas shows them, with round caps and joins: (size, size).

    Args:
        strokes: In canvas pixels.
        size: The canvas's side in pixels; what is drawn outside is cut off.
    """
    return _draw(strokes, size, CANVAS_SUPERSAMPLING)


def strokes_to_mnist(strokes: Sequence[Stroke]) -> Ink:
    """Draw strokes again at MNIST's size with a pen of MNIST's width: (28, 28).

    To scale up a small drawing would make its lines thick too. Outer edges of the ink, not pen
    positions, fit the box, as in MNIST.

    Raises:
        PictureError: If there are no strokes.
    """
    if not strokes:
        raise _no_ink()
    points = np.concatenate([stroke.points for stroke in strokes])
    low, high = points.min(axis=0), points.max(axis=0)
    # A mark no larger than the pen is a dot, which is not scaled to the box.
    extent = max(float((high - low).max()), *(stroke.width for stroke in strokes))
    scale = (BOX - PEN_WIDTH) / extent
    middle = (low + high) / 2
    fitted = [Stroke((s.points - middle) * scale + BOX / 2, PEN_WIDTH) for s in strokes]
    return _centre(_draw(fitted, BOX, SUPERSAMPLING))


def _draw(strokes: Sequence[Stroke], size: int, supersampling: int) -> Ink:
    image = Image.new("L", (size * supersampling, size * supersampling))
    pen = ImageDraw.Draw(image)
    for stroke in strokes:
        # Pillow counts pixels from their centres, strokes from their corners.
        _draw_stroke(pen, stroke.points * supersampling - 0.5, stroke.width * supersampling)
    return np.asarray(image.reduce(supersampling), dtype=np.float32) / np.float32(255)


def _draw_stroke(pen: ImageDraw.ImageDraw, points: NDArray[np.float32], width: float) -> None:
    corners = [(x, y) for x, y in points.tolist()]
    pen.line(corners, fill=255, width=max(1, round(width)))
    for corner in corners:
        # Pillow paints the pixels at both ends of a diameter.
        pen.circle(corner, (width - 1) / 2, fill=255)


def _sides(shape: tuple[float, float], longer: int) -> tuple[int, int]:
    """Return the height and width of which the longer is as given, the other in proportion."""
    height, width = (max(1, round(side * longer / max(shape))) for side in shape)
    return height, width


def _resize(ink: Ink, height: int, width: int) -> Ink:
    rows, columns = _area_weights(ink.shape[0], height), _area_weights(ink.shape[1], width)
    return (rows @ ink @ columns.T).astype(np.float32)


def _area_weights(source: int, target: int) -> NDArray[np.float64]:
    """Return how much of each target pixel each source pixel covers: (target, source).

    Averaging by area keeps the amount of ink. Of Pillow's filters none is exact in area,
    and its smoother ones give more dark greys than MNIST has.
    """
    edges = np.linspace(0, source, target + 1)
    pixels = np.arange(source)
    starts, ends = edges[:-1, None], edges[1:, None]
    overlap = np.minimum(ends, pixels + 1) - np.maximum(starts, pixels)
    return overlap.clip(min=0) * (target / source)


def _centre(box: Ink) -> Ink:
    """Place a box in the field so that its centre of mass is at the field's centre."""
    top, left = _offset(box.sum(axis=1)), _offset(box.sum(axis=0))
    field = np.zeros((FIELD, FIELD), dtype=np.float32)
    field[top : top + box.shape[0], left : left + box.shape[1]] = box
    return field


def _offset(profile: NDArray[np.float32]) -> int:
    """Return where a box of this much ink in each row, or column, begins in the field."""
    centre_of_mass = float(profile @ np.arange(len(profile)) / profile.sum())
    # Slightly below half a pixel, so that rounding errors don't move a symmetric digit.
    offset = math.floor(CENTRE - centre_of_mass + 0.499)
    return min(max(offset, 0), FIELD - len(profile))


def _no_ink() -> PictureError:
    return PictureError("The picture is blank.", "Draw a digit, or choose a picture of one.")
