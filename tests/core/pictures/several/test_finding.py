"""Many digits on one sheet."""

import cv2
import numpy as np
import pytest
from PIL import Image

from mnistlab.core.arrays import Float32Array, Labels, Pixels
from mnistlab.core.errors import PictureError
from mnistlab.core.network.numpy_forward import predict_views
from mnistlab.core.pictures.evidence import DigitModel
from mnistlab.core.pictures.reading import FoundDigit
from mnistlab.core.pictures.several.finding import find_digits
from tests.core.pictures.conftest import sheet, write

Digits = tuple[Pixels, Labels]

ROWS = [[0, 1, 2, 3], [4, 11, 18, 84]]
"""Test images; a network reads each of them: 7210 and 4635."""


def picture(brightness: Float32Array) -> Image.Image:
    return Image.fromarray(brightness.clip(0, 255).round().astype(np.uint8)).convert("RGBA")


def texts(found: tuple[FoundDigit, ...], model: DigitModel) -> list[str]:
    """Return the digits of each row."""
    read = [str(predict_views(model.network, digit.views()).argmax()) for digit in found]
    rows = sorted({digit.row for digit in found})
    return ["".join(r for r, d in zip(read, found, strict=True) if d.row == row) for row in rows]


def two_rows(digits: Digits, step: int = 110) -> Float32Array:
    coverage = np.zeros((400, 560), dtype=np.float32)
    for row, places in enumerate(ROWS):
        for column, place in enumerate(places):
            at = (30 + 180 * row, 30 + step * column)
            coverage = np.maximum(coverage, write(digits[0][place], 110, (400, 560), at))
    return coverage


def labels(digits: Digits) -> list[str]:
    return ["".join(str(digits[1][place]) for place in row) for row in ROWS]


def test_rows_are_found_in_reading_order(model: DigitModel, digits: Digits) -> None:
    assert texts(find_digits(picture(sheet(two_rows(digits))), model.network), model) == labels(
        digits
    )


def test_a_grid_does_no_harm(model: DigitModel, digits: Digits) -> None:
    page = sheet(two_rows(digits))
    for row in (5, 185, 380):
        cv2.line(page, (0, row), (559, row), 120, 2)
    assert texts(find_digits(picture(page), model.network), model) == labels(digits)


def test_touching_digits_are_separated(model: DigitModel, digits: Digits) -> None:
    coverage = np.zeros((200, 300), dtype=np.float32)
    for place, left in ((4, 40), (11, 110)):
        coverage = np.maximum(coverage, write(digits[0][place], 110, (200, 300), (40, left)))
    coverage[90:94, 100:140] = np.maximum(coverage[90:94, 100:140], 1)
    found = find_digits(picture(sheet(coverage)), model.network)
    assert texts(found, model) == ["46"]


def test_a_blank_sheet_has_none(model: DigitModel) -> None:
    with pytest.raises(PictureError, match="No digits"):
        find_digits(picture(np.full((200, 200), 220, dtype=np.float32)), model.network)


@pytest.mark.parametrize("width", [10, 40])
def test_ones_of_a_broad_marker_are_no_printed_lines(model: DigitModel, width: int) -> None:
    page = np.full((400, 700), 235, dtype=np.float32)
    for left in (100, 320, 540):
        cv2.line(page, (left, 60), (left - 15, 340), 20, width)
    assert len(find_digits(picture(page), model.network)) == 3
