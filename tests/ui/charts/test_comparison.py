"""The compared runs' curves as the chart gets them."""

from typing import Any

import numpy as np
import pytest

from mnistlab.core.analysis.curves import Axis, Curve, Split
from mnistlab.core.arrays import Float64Array
from mnistlab.core.training.history import Measure
from mnistlab.ui.charts.comparison import (
    BEYOND,
    ENDS,
    GLYPHS,
    MARK,
    NAME,
    TIP,
    VALIDATION,
    Axes,
    Line,
    chart_data,
)
from mnistlab.ui.charts.comparison_spec import Frame, chart_spec
from mnistlab.ui.charts.palette import LINE_STYLES
from mnistlab.ui.charts.scales import ValueRange

LOSSES = Axes(Measure.LOSS, Axis.EPOCH, ValueRange(0.0, 0.8), False, 300)


def line(number: int, values: Float64Array, *, seeds: int = 1, faint: bool = False) -> Line:
    x = np.arange(float(len(values)))
    curve = Curve(x, values, values - 0.1, values + 0.1, np.full(len(x), seeds))
    return Line(LINE_STYLES[number], f"Line {number}", {Split.VALIDATION: curve}, faint)


def rows(lines: list[Line], kind: str, axes: Axes = LOSSES) -> list[dict[str, Any]]:
    return [row for row in chart_data(lines, axes).to_pylist() if row["kind"] == kind]


FALLING = np.array([2.3, 0.5, 0.4])


def test_of_nothing_there_are_the_axes() -> None:
    [row] = chart_data([], LOSSES).to_pylist()
    assert (row["kind"], row["low"], row["high"]) == (ENDS, 0.0, 0.8)


def test_only_what_is_not_alone_has_marks_a_few() -> None:
    many = np.linspace(0.7, 0.1, 100)
    assert rows([line(0, many)], MARK) == []
    marks = rows([line(0, many), line(1, many)], MARK)
    for number in ("0", "1"):
        places = {row["x"] for row in marks if row["line"] == number}
        assert 3 <= len(places) <= 7
    # Lines that coincide have their marks at different points.
    assert len({row["x"] for row in marks}) == len(marks)


def test_a_mark_lies_on_the_axes() -> None:
    marks = rows([line(0, FALLING), line(1, FALLING)], MARK)
    assert {row["value"] for row in marks} == {0.5, 0.4}


def test_a_band_is_that_of_several_seeds() -> None:
    one, several = line(0, FALLING), line(1, FALLING, seeds=3)
    tops = [(row["line"], row["top"]) for row in rows([one, several], VALIDATION)]
    assert [top for number, top in tops if number == "0"] == [None] * 3
    assert [top for number, top in tops if number == "1"] == pytest.approx([2.4, 0.6, 0.5])


def test_a_name_stands_at_the_end_of_its_line_and_of_the_axis_if_that_is_beyond() -> None:
    wild = np.array([2.3, 5.0, 9.0])
    low, high = rows([line(0, FALLING), line(1, wild)], NAME)
    assert (low["text"], low["x"], low["value"]) == ("Line 0", 2.0, 0.4)
    assert (high["value"], high["place"]) == (0.8, pytest.approx(0.8))


def test_what_is_above_the_axis_is_written_and_drawn_no_further_than_svg_can() -> None:
    wild = np.array([2.3, 1.5e34, 0.2])
    [row] = rows([line(0, wild)], BEYOND)
    assert (row["x"], row["text"]) == (1.0, "↑ 1.5 × 10³⁴")
    assert max(row["value"] for row in rows([line(0, wild)], VALIDATION)) < 1_000


def test_on_a_logarithmic_axis_there_is_no_zero() -> None:
    axes = Axes(Measure.LOSS, Axis.EPOCH, ValueRange(0.01, 3.0), True, 300)
    drawn = rows([line(0, np.array([2.3, 0.05, 0.0]), seeds=2)], VALIDATION, axes)
    assert min(min(row["value"], row["bottom"]) for row in drawn) == 0.01


def test_a_tooltip_has_all_lines_that_are_there_the_lowest_loss_first() -> None:
    tips = rows([line(0, FALLING), line(1, FALLING - 0.1), line(2, FALLING[:2] - 0.2)], TIP)
    assert tips[1]["text"].splitlines() == [
        "Epoch 1",
        "0.300  ▲ Line 2",
        "0.400  ■ Line 1",
        "0.500  ● Line 0",
    ]
    assert tips[2]["text"].splitlines() == ["Epoch 2", "0.300  ■ Line 1", "0.400  ● Line 0"]


def test_a_long_chart_has_few_tooltips() -> None:
    assert 50 <= len(rows([line(0, np.linspace(1, 0.1, 3_000))], TIP)) <= 100


def test_a_line_that_steps_back_is_faint() -> None:
    drawn = rows([line(0, FALLING), line(1, FALLING, faint=True)], VALIDATION)
    assert [row["opacity"] for row in drawn] == [1.0] * 3 + [0.25] * 3


def test_each_line_style_has_a_character_of_its_own() -> None:
    assert len(set(GLYPHS)) == len(LINE_STYLES)


def test_all_lines_of_a_frame_have_one_spec() -> None:
    frame = Frame(6, 180)
    assert chart_spec(Measure.LOSS, Axis.EPOCH, frame, False) is chart_spec(
        Measure.LOSS, Axis.EPOCH, Frame(6, 180), False
    )
