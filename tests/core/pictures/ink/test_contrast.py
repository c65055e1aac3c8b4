"""Contrast with the paper, which may be lit in any way."""

import cv2
import numpy as np
import pytest

from mnistlab.core.pictures.ink.contrast import close, histogram, measure_contrast, upper_mean


@pytest.mark.parametrize("width", [3, 9, 41])
def test_closing_is_that_of_opencv(width: int) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (60, 90)).astype(np.uint8)
    square = np.ones((width, width), dtype=np.uint8)
    assert np.array_equal(close(noise, width), cv2.morphologyEx(noise, cv2.MORPH_CLOSE, square))


class TestContrast:
    def test_is_the_share_of_light_that_is_missing(self) -> None:
        """By hand: 96 of 216 and 24 more are 0.4, of 255 102."""
        sheet = np.full((50, 50, 1), 216, dtype=np.uint8)
        sheet[10:40, 20:25] = 120
        contrast = measure_contrast(sheet, 21)
        assert contrast.values[20, 22] == 102
        assert contrast.values[20, 30] == 0
        assert contrast.level == 102

    @pytest.mark.parametrize("light", [0.25, 0.5, 1.0])
    def test_hardly_depends_on_the_light_on_either_side_of_a_shadow(self, light: float) -> None:
        sheet = np.full((100, 100, 1), 240, dtype=np.float32)
        sheet[30:70, 48:52] = 40
        sheet[50:] *= light
        contrast = measure_contrast(sheet.astype(np.uint8), 31)
        assert contrast.values[60, 50] >= 0.7 * contrast.values[40, 50]
        assert contrast.values[:, 60:].max() == 0

    def test_counts_the_channel_with_most(self) -> None:
        """Red on green of the same brightness."""
        sheet = np.full((50, 50, 3), (40, 140, 40), dtype=np.uint8)
        sheet[10:40, 20:25] = (230, 43, 40)
        assert measure_contrast(sheet, 21).values[20, 22] > 140

    def test_of_a_blank_sheet_is_none(self) -> None:
        assert measure_contrast(np.full((50, 50, 1), 200, dtype=np.uint8), 21).level == 0

    def test_noise_is_above_the_grain(self) -> None:
        grain = np.random.default_rng(0).normal(200, 8, (200, 200, 1)).astype(np.uint8)
        contrast = measure_contrast(grain, 15)
        assert (contrast.values > contrast.noise).mean() < 0.001


def test_the_upper_of_two_groups_has_its_mean() -> None:
    values = np.array([[50] * 5, [200, 210, 200, 210, 205]], dtype=np.uint8)
    assert upper_mean(histogram(values)) == pytest.approx(205)


def test_ink_of_one_strength_is_one_group() -> None:
    assert upper_mean(histogram(np.full((2, 3), 77, dtype=np.uint8))) == pytest.approx(77)
