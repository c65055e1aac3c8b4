"""One digit is read, whatever else the picture shows."""

import io
from collections.abc import Callable

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from mnistlab.core.arrays import Labels, Pixels
from mnistlab.core.errors import PictureError
from mnistlab.core.network.numpy_forward import predict_views
from mnistlab.core.pictures.decoding import read_picture
from mnistlab.core.pictures.evidence import DigitModel
from mnistlab.core.pictures.reader import read_digit
from mnistlab.core.pictures.reading import NO_CORRECTIONS, Corrections
from tests.core.pictures.conftest import sheet, write

Sheet = NDArray[np.float32]
Digits = tuple[Pixels, Labels]

CLEAR = [0, 1, 2, 3, 4, 7, 11, 18, 61, 84]
"""Test images, one of each digit, that any network reads: 7 2 1 0 4 9 6 3 8 5."""


def encode(brightness: NDArray[np.floating]) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(brightness.clip(0, 255).round().astype(np.uint8)).save(buffer, "PNG")
    return buffer.getvalue()


def read(
    brightness: Sheet, model: DigitModel, corrections: Corrections = NO_CORRECTIONS
) -> tuple[int, tuple[int, int, int, int]]:
    """Return the digit and its box."""
    best = read_digit(read_picture(encode(brightness)), model, corrections)[0]
    return int(predict_views(model.network, best.views()).argmax()), best.box


def half_shadow(page: Sheet) -> None:
    page[:, 200:] *= 0.5


def frame(page: Sheet) -> None:
    cv2.rectangle(page, (0, 0), (479, 399), 10, 30)


def desk(page: Sheet) -> None:
    page[:, :40] = page[360:] = 60


def rules(page: Sheet) -> None:
    for row in range(30, 400, 80):
        page[row : row + 2] = np.minimum(page[row : row + 2], 150)


def margin_line(page: Sheet) -> None:
    page[:, 180:183] = np.minimum(page[:, 180:183], 110)


def box(page: Sheet) -> None:
    cv2.rectangle(page, (80, 60), (330, 340), 20, 4)


def punch_holes(page: Sheet) -> None:
    for row in (100, 300):
        cv2.circle(page, (30, row), 16, 40, -1)


FAULTS = [half_shadow, frame, desk, rules, margin_line, box, punch_holes]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_digit_is_read_in_spite_of(
    fault: Callable[[Sheet], None], model: DigitModel, digits: Digits
) -> None:
    right = 0
    for place in CLEAR[:5]:
        page = sheet(write(digits[0][place], 220, (400, 480), (90, 95)))
        fault(page)
        right += read(page, model)[0] == digits[1][place]
    assert right >= 4


def test_an_outline_is_in_the_decoded_picture(model: DigitModel, digits: Digits) -> None:
    coverage = write(digits[0][0], 500, (1000, 1500), (300, 700))
    rows, columns = (np.flatnonzero(coverage.max(axis=i) > 0.5) for i in (1, 0))
    inked = columns[0], rows[0], columns[-1] + 1, rows[-1] + 1
    _, found = read(sheet(coverage), model)
    assert found == pytest.approx(inked, abs=6)


def test_red_on_green_of_the_same_brightness(model: DigitModel, digits: Digits) -> None:
    coverage = write(digits[0][0], 220, (400, 480), (90, 95))[:, :, np.newaxis]
    green, red = np.array([40, 140, 40]), np.array([230, 43, 40])
    page = (green * (1 - coverage) + red * coverage).astype(np.float32)
    assert read(page, model)[0] == digits[1][0]


class TestCorrections:
    def test_turned_it_is_read_upright(self, model: DigitModel, digits: Digits) -> None:
        page = sheet(write(digits[0][0], 220, (400, 480), (90, 95)))
        upright = read(page, model)
        lying = np.rot90(page, -1)
        assert read(lying, model, Corrections(quarter_turns=1)) == upright

    def test_only_the_box_is_looked_at(self, model: DigitModel, digits: Digits) -> None:
        left = write(digits[0][0], 200, (300, 600), (50, 50))
        right = write(digits[0][3], 200, (300, 600), (50, 350))
        page = sheet(left + right)
        assert read(page, model, Corrections(box=(0, 0, 300, 300)))[0] == digits[1][0]
        digit, box = read(page, model, Corrections(box=(300, 0, 600, 300)))
        assert digit == digits[1][3]
        assert box[0] > 350

    def test_an_excluded_mark_is_left_out(self, model: DigitModel, digits: Digits) -> None:
        small = write(digits[0][0], 120, (300, 600), (90, 50))
        large = write(digits[0][3], 240, (300, 600), (30, 300))
        picture = read_picture(encode(sheet(small + large)))
        first = read_digit(picture, model)[0]
        without = read_digit(picture, model, Corrections(excluded=first.outlines))[0]
        assert without.box[2] <= first.box[0] or without.box[0] >= first.box[2]


def test_a_blank_sheet_is_refused(model: DigitModel) -> None:
    with pytest.raises(PictureError, match="stands out"):
        read(np.full((300, 300), 200, dtype=np.float32), model)


def test_grain_and_a_shadow_are_refused(model: DigitModel) -> None:
    grain = np.random.default_rng(3).normal(200, 6, (300, 300)).astype(np.float32)
    grain[:, 150:] *= 0.6
    with pytest.raises(PictureError):
        read(grain, model)


def test_text_is_refused_for_its_many_marks(model: DigitModel) -> None:
    page = np.full((400, 600), 240, dtype=np.uint8)
    for row in range(60, 400, 60):
        cv2.putText(page, "HAKE WMXK EHAM", (20, row), cv2.FONT_HERSHEY_SIMPLEX, 1.4, 20, 3)
    with pytest.raises(PictureError, match="Several marks"):
        read(page.astype(np.float32), model)


def test_specks_are_refused_as_too_small(model: DigitModel) -> None:
    page = np.full((500, 500), 240, dtype=np.float32)
    page[100:108, 100:118] = page[300:308, 380:396] = 20
    with pytest.raises(PictureError, match="small"):
        read(page, model)
