"""`python -m benchmarks sheet`, with one photo of each kind of digits."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from benchmarks import __main__ as benchmarks
from benchmarks.sheet.judging import likeness, without_a_fifth
from benchmarks.sheet.writing import cut, draw_mnist
from mnistlab.core.drawing.mnist_image import render_strokes
from tests.factories import DIGITS, stroke


@pytest.fixture
def cells(tmp_path: Path) -> Path:
    """A folder with a scan of a 3, and with a photo that is none of a cell."""
    ink = render_strokes([stroke(*[(40 + 2 * x, 40 + 2 * y) for x, y in DIGITS[3][0]])])
    Image.fromarray((240 - 200 * ink).astype(np.uint8)).save(tmp_path / "three.png")
    lines = ["path,label,kind,background", "three.png,3,scan,scan cell", "no.jpg,3,photo,plain"]
    (tmp_path / "labels.csv").write_text("\n".join(lines))
    return tmp_path


def test_reports_each_kind_of_digits(
    cells: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("benchmarks.sheet.sheet.TIMED", 1)
    file = tmp_path / "results.json"
    arguments = ["sheet", "--photos", "1", "--cells", str(cells), "--json", str(file)]
    assert benchmarks.main(arguments) == 0
    results = json.loads(file.read_text())
    for kind in ("mnist", "cells"):
        found = results[kind]
        assert (found["sheets"], found["refused"]) == (1, 0)
        assert found["written"] + found["empty"] == 100
        assert found["cut_right_low"] < found["cut_right"] <= found["cut_right_high"] <= 1
    assert results["seconds"] > 0


class TestLikeness:
    EIGHT = cut(render_strokes([stroke(*[(40 + 2 * x, 40 + 2 * y) for x, y in DIGITS[8][0]])]))

    def test_is_1_of_the_same_ink_of_any_size(self) -> None:
        assert likeness(self.EIGHT, self.EIGHT) == pytest.approx(1)
        assert likeness(self.EIGHT.repeat(2, 0).repeat(2, 1), self.EIGHT) == pytest.approx(
            1, abs=0.01
        )

    def test_is_too_low_where_a_fifth_is_missing(self) -> None:
        assert likeness(without_a_fifth(self.EIGHT), self.EIGHT) < 0.9

    def test_is_too_low_where_a_neighbours_ink_was_taken_along(self) -> None:
        gap = np.zeros((self.EIGHT.shape[0], 40), dtype=np.float32)
        bar = np.ones((self.EIGHT.shape[0], 20), dtype=np.float32)
        assert likeness(np.hstack([self.EIGHT, gap, bar]), self.EIGHT) < 0.9


def test_a_pen_writes_as_high_and_as_wide_as_it_is_told() -> None:
    """A bar of MNIST's 20 pixels, by a pen of 1 mm at 10 pixels a millimetre."""
    image = np.zeros((1, 28, 28), dtype=np.uint8)
    image[0, 4:24, 13:16] = 255
    bar = draw_mnist([image])(0, 10.0, 1.0, np.random.default_rng(0))
    height, width = bar.shape
    assert 80 < height <= 100, "the middle line ends within the bar"
    assert width == pytest.approx(10, abs=2)
