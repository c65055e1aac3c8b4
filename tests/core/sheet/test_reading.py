"""A filled-in form, read from scans and photos."""

import cv2
import numpy as np
import pytest

from mnistlab.core.arrays import Pixels
from mnistlab.core.drawing.mnist_image import to_mnist
from mnistlab.core.errors import PictureError
from mnistlab.core.sheet.layout import LAYOUTS
from mnistlab.core.sheet.reading import Sheet, read_sheet
from tests.factories import DIGITS
from tests.forms import (
    FORM,
    PEN,
    PIXELS,
    Box,
    as_picture,
    from_the_side,
    print_form,
    write,
)

EVERY_THIRD = {
    (row, column): (0.0, 0.0) for row in range(10) for column in range(10) if (row + column) % 3
}


def filled(boxes: dict[Box, tuple[float, float]] = EVERY_THIRD, ink: int = 30) -> Pixels:
    page = print_form()
    write(page, boxes, ink=ink)
    return page


def written(sheet: Sheet) -> set[Box]:
    return {(box.row, box.label) for box in sheet.written}


def image_of(digit: int) -> np.ndarray:
    """Return the 28×28 image of a digit that was written on clean paper."""
    paper = np.zeros((900, 900), dtype=np.uint8)
    for line in DIGITS[digit]:
        points = [(np.array(line) * 0.11 * PIXELS + 20).round().astype(np.int32)]
        cv2.polylines(paper, points, False, 255, round(PEN * PIXELS), cv2.LINE_AA)
    return to_mnist(paper.astype(np.float32) / np.float32(255))


def check_ink(sheet: Sheet) -> None:
    """Check that each box has its column's digit, whole and with nothing else.

    Images are centred by whole pixels, so that the last one is free.
    """
    for box in sheet.written:
        assert box.ink is not None
        assert 0 < box.ink.max() <= 1
        found, expected = (
            np.asarray(cv2.GaussianBlur(image, (0, 0), 1))
            for image in (to_mnist(box.ink), image_of(box.label))
        )
        moved = (np.roll(found, (y, x), (0, 1)) for y in (-1, 0, 1) for x in (-1, 0, 1))
        best = max(np.corrcoef(each.ravel(), expected.ravel())[0, 1] for each in moved)
        assert best > 0.93, (box.row, box.label)


def test_a_scan_has_each_boxs_digit_and_no_more() -> None:
    sheet = read_sheet(as_picture(filled()))
    assert sheet.layout == FORM
    assert [(box.row, box.label) for box in sheet.boxes[:12]] == [
        *((0, digit) for digit in range(10)),
        (1, 0),
        (1, 1),
    ]
    assert len(sheet.boxes) == 100
    assert written(sheet) == set(EVERY_THIRD)
    check_ink(sheet)


@pytest.mark.parametrize("turns", [0, 1])
def test_a_photo_from_the_side_is_read_however_it_is_turned(turns: int) -> None:
    photo = np.ascontiguousarray(np.rot90(from_the_side(filled()), turns))
    sheet = read_sheet(as_picture(photo))
    assert written(sheet) == set(EVERY_THIRD)
    check_ink(sheet)


def test_a_letter_page_is_read_as_one() -> None:
    letter = LAYOUTS[1]
    page = print_form(letter)
    write(page, {(2, 3): (0, 0)}, layout=letter)
    sheet = read_sheet(as_picture(page))
    assert sheet.layout == letter
    assert written(sheet) == {(2, 3)}


def test_pencil_is_read_in_the_shade_without_the_lines() -> None:
    """Ink of 0.3 of the paper's light, half of which falls on the right half of the page."""
    page = filled(ink=178)
    page[:, page.shape[1] // 2 :] //= 2
    sheet = read_sheet(as_picture(from_the_side(page)))
    assert written(sheet) == set(EVERY_THIRD)
    check_ink(sheet)


def test_ink_beyond_a_line_belongs_to_where_most_of_it_is() -> None:
    beyond: dict[Box, tuple[float, float]] = {
        (1, 2): (5.5, 0),
        (4, 5): (0, 8.0),
        (6, 8): (-5.5, -6.0),
    }
    sheet = read_sheet(as_picture(filled(beyond)))
    assert written(sheet) == set(beyond)
    check_ink(sheet)


def test_digits_that_touch_are_cut_at_the_line() -> None:
    """A 2 whose end runs into the 3 beside it."""
    page = filled({(3, 2): (2.0, 0), (3, 3): (-2.0, 0)})
    left, top = FORM.margins
    y = round((top + 3.5 * 21 + 3) * PIXELS)
    cv2.line(page, (round((left + 48) * PIXELS), y), (round((left + 57) * PIXELS), y), 30, 6)
    assert written(read_sheet(as_picture(page))) == {(3, 2), (3, 3)}


def test_curling_paper_is_flattened_by_the_lines() -> None:
    """Waves of 3 mm move a line by more than its box's digit has room."""
    page = filled()
    y, x = np.mgrid[: page.shape[0], : page.shape[1]].astype(np.float32)
    moved = (y + 3 * PIXELS * np.sin(x / page.shape[1] * 2 * np.pi)).astype(np.float32)
    bent = cv2.remap(page, x, moved, cv2.INTER_LINEAR, borderValue=255)
    sheet = read_sheet(as_picture(np.asarray(bent, dtype=np.uint8)))
    assert written(sheet) == set(EVERY_THIRD)
    check_ink(sheet)


def test_dust_and_dots_are_no_digits() -> None:
    page = filled({(0, 0): (0, 0)})
    write(page, {(5, 1): (0, 0)}, height=1.0)
    assert written(read_sheet(as_picture(page))) == {(0, 0)}


def test_an_empty_form_is_refused() -> None:
    with pytest.raises(PictureError, match="All boxes of the form are empty"):
        read_sheet(as_picture(print_form()))


def test_a_form_that_is_not_all_in_the_photo_is_refused() -> None:
    """Its upper left corner is cut off, and with it the box of the first 0."""
    photo = from_the_side(filled())[400:, 500:]
    with pytest.raises(PictureError, match="corner marks"):
        read_sheet(as_picture(np.ascontiguousarray(photo)))


def test_three_marks_are_enough_if_all_boxes_are_in_the_photo() -> None:
    page = filled()
    page[: int(36 * PIXELS), : int(34 * PIXELS)] = 255  # the upper left one
    sheet = read_sheet(as_picture(from_the_side(page)))
    assert written(sheet) == set(EVERY_THIRD)
    check_ink(sheet)
