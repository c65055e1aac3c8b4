"""The form as a printer puts it on paper: the PDF itself, drawn by PDFium."""

import numpy as np
import pypdfium2

from mnistlab.core.arrays import Float32Array
from mnistlab.core.sheet.form import make_form
from mnistlab.core.sheet.layout import Layout

PIXELS = 10
"""For each millimetre: 254 dots per inch."""

_POINTS = 72 / 25.4
"""Of a PDF, for each millimetre."""


def print_form(layout: Layout) -> Float32Array:
    """Return the printed page: brightness from 0 to 1, (height, width)."""
    with pypdfium2.PdfDocument(make_form(layout)) as document:
        page = document[0].render(scale=PIXELS / _POINTS, grayscale=True).to_numpy()
    brightness: Float32Array = page.reshape(page.shape[:2]).astype(np.float32) / np.float32(255)
    return brightness
