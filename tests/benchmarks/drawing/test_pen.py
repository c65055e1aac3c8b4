"""Strokes from a file, and what the pad makes of a pen that follows them."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.drawing.pen import WrittenDigit, draw, read_digits
from mnistlab.core.drawing.strokes import read_strokes


def path_of(*points: tuple[float, float]) -> list[list[object]]:
    objects = draw([np.array(points, dtype=np.float64)], 20)["objects"]
    assert isinstance(objects, list)
    path: list[list[object]] = objects[0]["path"]
    return path


def test_reads_strokes_and_labels(tmp_path: Path) -> None:
    """A one of one stroke and a seven of two; the first points of each are where they begin."""
    np.savez(
        tmp_path / "strokes.npz",
        points=np.array([(0, 0), (0, 9), (1, 1), (5, 1), (3, 9), (2, 5), (4, 5)], np.float32),
        stroke_start=np.array([0, 2, 5, 7]),
        digit_start=np.array([0, 1, 3]),
        labels=np.array([1, 7], np.uint8),
    )
    one, seven = read_digits(tmp_path / "strokes.npz")
    assert (one.label, seven.label) == (1, 7)
    assert [stroke.tolist() for stroke in one.strokes] == [[[0, 0], [0, 9]]]
    assert [stroke.tolist() for stroke in seven.strokes] == [
        [[1, 1], [5, 1], [3, 9]],
        [[2, 5], [4, 5]],
    ]
    assert (one.site, seven.site) == ("", "")


def test_reads_where_digits_were_collected(tmp_path: Path) -> None:
    np.savez(
        tmp_path / "strokes.npz",
        points=np.array([(0, 0), (0, 9), (1, 1), (5, 1)], np.float32),
        stroke_start=np.array([0, 2, 4]),
        digit_start=np.array([0, 1, 2]),
        labels=np.array([1, 7], np.uint8),
        sites=np.array(["here", "there"]),
    )
    assert [digit.site for digit in read_digits(tmp_path / "strokes.npz")] == ["here", "there"]


def test_a_digit_is_fitted_around_a_middle() -> None:
    digit = WrittenDigit(1, [np.array([(10.0, -5.0), (20.0, 35.0)])])
    [stroke] = digit.fit(80, (100, 120))
    assert stroke.tolist() == [[90, 80], [110, 160]]
    [dot] = WrittenDigit(1, [np.array([(3.0, 3.0)])]).fit(80, (100, 120))
    assert dot.tolist() == [[100, 120]]


class TestDraw:
    def test_curves_lead_from_middle_to_middle(self) -> None:
        assert path_of((10, 10), (20, 10), (20, 20), (20, 30)) == [
            ["M", 10.0, 10.0],
            ["Q", 10.0, 10.0, 15.0, 10.0],
            ["Q", 20.0, 10.0, 20.0, 15.0],
            ["Q", 20.0, 20.0, 20.0, 25.0],
            ["L", 20.0, 30.0],
        ]

    def test_points_too_close_to_the_one_before_are_left_out(self) -> None:
        path = path_of((0, 0), (0.3, 0), (0.5, 0), (9, 0), (9.1, 0), (20, 0))
        assert [command[1:3] for command in path[1:]] == [[0, 0], [0.5, 0], [9, 0], [20, 0]]

    def test_a_dot_is_a_path_of_no_length(self) -> None:
        assert path_of((5, 6)) == [["M", 5.0, 6.0], ["L", 5.0, 6.0]]

    def test_the_drawing_pad_s_reader_reads_it(self) -> None:
        points = np.stack([np.linspace(20, 200, 30), np.linspace(50, 90, 30)], axis=1)
        [stroke] = read_strokes(draw([points], 12))
        assert stroke.width == 12
        assert stroke.points[0] == pytest.approx(points[0], abs=0.1)
        assert stroke.points[-1] == pytest.approx(points[-1], abs=0.1)
        along = np.interp(stroke.points[:, 0], points[:, 0], points[:, 1])
        assert stroke.points[:, 1] == pytest.approx(along, abs=0.1)
