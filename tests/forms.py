"""Forms as PDFium draws their PDF, filled in with a pen of ten digits by hand."""

import functools
import io
from collections.abc import Mapping

import cv2
import numpy as np
import pypdfium2
from PIL import Image

from mnistlab.core.arrays import Pixels
from mnistlab.core.sheet.form import make_form
from mnistlab.core.sheet.layout import A4, BOX_HEIGHT, BOX_WIDTH, LAYOUTS, Layout
from tests.factories import DIGITS

PIXELS = 8
"""For each millimetre of a printed page, 203 dots per inch."""

FORM = next(layout for layout in LAYOUTS if layout.paper == A4)
PEN = 0.8
"""Millimetres."""

Box = tuple[int, int]
"""A box's row and column."""


@functools.cache
def _print_once(layout: Layout) -> Pixels:
    with pypdfium2.PdfDocument(make_form(layout)) as document:
        drawn = document[0].render(scale=PIXELS * 25.4 / 72, grayscale=True).to_numpy()
        return np.array(drawn, dtype=np.uint8).reshape(drawn.shape[:2])


def print_form(layout: Layout = FORM) -> Pixels:
    """Return a printed page, (height, width)."""
    return _print_once(layout).copy()


def write(
    page: Pixels,
    boxes: Mapping[Box, tuple[float, float]],
    height: float = 11.0,
    ink: int = 30,
    layout: Layout = FORM,
) -> None:
    """Write each column's digit into boxes, so many millimetres from their middles."""
    left, top = layout.margins
    for (row, column), (right, down) in boxes.items():
        middle = np.array([left + (column + 0.5) * BOX_WIDTH, top + (row + 0.5) * BOX_HEIGHT])
        for line in DIGITS[column]:
            points = (np.array(line) - 50) / 100 * height + middle + (right, down)
            path = [(points * PIXELS).round().astype(np.int32)]
            cv2.polylines(page, path, False, ink, round(PEN * PIXELS), cv2.LINE_AA)


def photograph_form() -> bytes:
    """Return a photo, as a JPEG file, of a form with three digits in each column."""
    page = print_form()
    write(page, {(row, digit): (0, 0) for row in (0, 5, 9) for digit in range(10)})
    file = io.BytesIO()
    as_picture(from_the_side(page)).convert("RGB").save(file, "JPEG", quality=90)
    return file.getvalue()


def as_picture(page: Pixels) -> Image.Image:
    return Image.fromarray(page).convert("RGBA")


def from_the_side(page: Pixels, beside: int = 90) -> Pixels:
    """Return a photo of a page on a grey desk, whose far end is two thirds as wide as its near."""
    height, width = page.shape
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], dtype=np.float32)
    seen = np.array([(330, 120), (1_270, 60), (1_560, 1_850), (140, 1_920)], dtype=np.float32)
    matrix = cv2.getPerspectiveTransform(corners, seen)
    blurred = cv2.GaussianBlur(page, (0, 0), 2)
    photo = cv2.warpPerspective(blurred, matrix, (1_700, 2_000), borderValue=beside)
    return np.asarray(photo, dtype=np.uint8)
