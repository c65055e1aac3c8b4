"""A student's labelled drawings, and the file they travel in."""

import io
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnistlab.core.drawing.handwriting import (
    MAX_DIGITS,
    LabelledDrawing,
    read_drawings,
    view_drawings,
    write_drawings,
)
from mnistlab.core.drawing.strokes import MAX_POINTS, MAX_STROKES
from mnistlab.core.drawing.views import view_strokes
from mnistlab.core.errors import HandwritingError
from tests.factories import stroke

ONE = LabelledDrawing(1, (stroke((140, 40), (138, 140), (136, 240)),))
SEVEN = LabelledDrawing(7, (stroke((60, 50), (220, 50), (120, 250)), stroke((90, 150), (200, 150))))


def npz(**changes: Any) -> bytes:
    """Return a file as another program would write it: a 1 and a 7 of two strokes, by hand."""
    arrays = {
        "points": np.array(
            [(140, 40), (136, 240), (60, 50), (220, 50), (120, 250), (90, 150), (200, 150)],
            dtype=np.float32,
        ),
        "stroke_start": np.array([0, 2, 5, 7], dtype=np.int32),
        "digit_start": np.array([0, 1, 3], dtype=np.int32),
        "labels": np.array([1, 7], dtype=np.uint8),
    }
    buffer = io.BytesIO()
    np.savez(buffer, **{**arrays, **changes})
    return buffer.getvalue()


def strokes_of(drawing: LabelledDrawing) -> list[list[list[float]]]:
    return [each.points.tolist() for each in drawing.strokes]


class TestReading:
    def test_takes_strokes_and_labels_apart(self) -> None:
        read = read_drawings(npz())
        one, seven = read.drawings
        assert (one.label, seven.label, read.found) == (1, 7, 2)
        assert strokes_of(one) == [[[140, 40], [136, 240]]]
        assert strokes_of(seven) == [[[60, 50], [220, 50], [120, 250]], [[90, 150], [200, 150]]]

    @pytest.mark.parametrize("kind", [np.int64, np.uint64, ">i4", np.int8])
    def test_takes_whole_numbers_of_any_kind(self, kind: Any) -> None:
        starts = {"stroke_start": [0, 2, 5, 7], "digit_start": [0, 1, 3], "labels": [1, 7]}
        file = npz(**{name: np.array(each, dtype=kind) for name, each in starts.items()})
        assert [drawing.label for drawing in read_drawings(file).drawings] == [1, 7]

    def test_takes_the_first_that_there_is_room_for(self) -> None:
        read = read_drawings(npz(), at_most=1)
        assert [drawing.label for drawing in read.drawings] == [1]
        assert read.found == 2

    def test_leaves_digits_on_the_canvas_where_they_are(self) -> None:
        small = np.array([(10, 20), (10, 60)], dtype=np.float32)
        assert strokes_of(read_one(small)) == [[[10, 20], [10, 60]]]

    @pytest.mark.parametrize(
        "points",
        [
            [(165, -430), (165, -30), (265, -230)],  # a tablet's, as Unipen has them
            [(1650, 4300), (1650, 8300), (2650, 6300)],
            [(0.25, 0), (0.25, 1), (0.5, 0.5)],  # a part of the sheet: on the canvas a speck
        ],
        ids=["above the canvas", "beside it", "a speck on it"],
    )
    def test_makes_others_large_and_puts_them_in_the_middle(
        self, points: list[tuple[float, float]]
    ) -> None:
        """All are 4 high and 1 wide: 200 and 50 pixels, about (140, 140)."""
        found = strokes_of(read_one(np.array(points)))
        assert found == [[[115, 40], [115, 240], [165, 140]]]

    def test_puts_a_dot_in_the_middle(self) -> None:
        assert strokes_of(read_one(np.array([(9_000.0, -7.0)]))) == [[[140, 140]]]


def read_one(points: np.ndarray) -> LabelledDrawing:
    file = npz(points=points, stroke_start=[0, len(points)], digit_start=[0, 1], labels=[5])
    return read_drawings(file).drawings[0]


MANY = np.arange(MAX_STROKES + 2)
LONG = MAX_POINTS + 1
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "points of three coordinates": ({"points": np.zeros((7, 3))}, r"\(7, 3\)"),
    "points in a row": ({"points": np.zeros(14)}, r"\(14,\)"),
    "no number": ({"points": np.full((7, 2), np.nan)}, "is NaN, or above"),
    "an infinite one": ({"points": np.full((7, 2), np.inf)}, "is NaN, or above"),
    "a huge one": ({"points": np.full((7, 2), -1e300)}, "1,000,000,000"),
    "fewer points": ({"points": np.zeros((6, 2))}, "from 0 to 6"),
    "more points": ({"points": np.zeros((8, 2))}, "from 0 to 8"),
    "an empty stroke": ({"stroke_start": [0, 2, 2, 7]}, "“stroke_start” has to rise"),
    "a stroke backwards": ({"stroke_start": [0, 5, 2, 7]}, "“stroke_start” has to rise"),
    "unsigned and backwards": ({"stroke_start": np.array([0, 5, 2, 7], np.uint64)}, "has to rise"),
    "a late begin": ({"stroke_start": [1, 2, 5, 7]}, "“stroke_start” has to rise"),
    "a stroke beyond": ({"stroke_start": [0, 2, 5, 2**40]}, "“stroke_start” has to rise"),
    "no strokes": ({"stroke_start": [0]}, "“stroke_start” has to be"),
    "a table of strokes": ({"stroke_start": [[0, 7]]}, "“stroke_start” has to be"),
    "strokes at halves": ({"stroke_start": [0, 2.5, 5, 7]}, "“stroke_start” has to be"),
    "an empty digit": ({"digit_start": [0, 0, 3]}, "“digit_start” has to rise"),
    "a digit beyond": ({"digit_start": [0, 1, 4]}, "“digit_start” has to rise from 0 to 3"),
    "fewer labels": ({"labels": [1]}, "2 digits, but 1 labels"),
    "more labels": ({"labels": [1, 7, 7]}, "2 digits, but 3 labels"),
    "no labels": ({"labels": np.zeros(0, int)}, "no digits"),
    "labels as numbers": ({"labels": [1.0, 7.0]}, "whole numbers"),
    "labels in a table": ({"labels": [[1, 7]]}, "whole numbers"),
    "a ten": ({"labels": [1, 10]}, "A label is 10"),
    "a minus": ({"labels": [-1, 7]}, "A label is -1"),
    "text": ({"labels": ["1", "7"]}, "holds no numbers"),
    "an object": ({"labels": np.array([1, None], dtype=object)}, "holds no numbers"),
    "truths": ({"labels": [True, False]}, "holds no numbers"),
    "too many strokes": (
        {"points": np.zeros((len(MANY) - 1, 2)), "stroke_start": MANY, "digit_start": [0, MANY[-1]]}
        | {"labels": [1]},
        "more than 500 strokes",
    ),
    "too many points": (
        {"points": np.zeros((LONG, 2)), "stroke_start": [0, LONG], "digit_start": [0, 1]}
        | {"labels": [1]},
        "more than 20,000 points",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_file_is_refused_with(case: str) -> None:
    changes, reason = REFUSED[case]
    with pytest.raises(HandwritingError, match=reason) as refusal:
        read_drawings(npz(**changes))
    assert refusal.value.remedy == "Choose a file that was exported here, or one of the same form."


class TestWriting:
    def test_has_the_form_that_other_programs_read(self) -> None:
        with np.load(io.BytesIO(write_drawings([ONE, SEVEN])), allow_pickle=False) as file:
            found = {name: file[name] for name in file}
        assert {name: each.dtype for name, each in found.items()} == {
            "points": np.float32,
            "stroke_start": np.int32,
            "digit_start": np.int32,
            "labels": np.uint8,
        }
        assert found["points"].shape == (8, 2)
        assert found["stroke_start"].tolist() == [0, 3, 6, 8]
        assert found["digit_start"].tolist() == [0, 1, 3]
        assert found["labels"].tolist() == [1, 7]

    def test_can_be_read_again_at_its_largest(self) -> None:
        long = LabelledDrawing(3, (stroke(*[(0, 0), (200, 200)] * 1_000),))
        read = read_drawings(write_drawings([long] * MAX_DIGITS))
        assert len(read.drawings) == MAX_DIGITS


places = st.floats(0, 280, width=32)
strokes = st.lists(st.tuples(places, places), min_size=1, max_size=5).map(
    lambda points: stroke(*points)
)
drawings = st.builds(
    LabelledDrawing,
    st.integers(0, 9),
    # The first makes it larger than the pen, so that nothing needs to be brought to size.
    st.lists(strokes, max_size=4).map(lambda more: (stroke((5, 5), (5, 250)), *more)),
)


@given(st.lists(drawings, min_size=1, max_size=5))
def test_what_was_written_is_read_point_by_point(kept: list[LabelledDrawing]) -> None:
    read = read_drawings(write_drawings(kept)).drawings
    assert [drawing.label for drawing in read] == [drawing.label for drawing in kept]
    assert [strokes_of(drawing) for drawing in read] == [strokes_of(drawing) for drawing in kept]


@given(st.lists(drawings, min_size=1, max_size=3), st.floats(0.01, 100), st.floats(-1e4, 1e4))
def test_a_network_sees_no_unit(kept: list[LabelledDrawing], scale: float, shift: float) -> None:
    """As far as rounding: of 32 bits a point keeps seven digits, of an edge a grey level."""
    with np.load(io.BytesIO(write_drawings(kept))) as file:
        changed = {**file, "points": file["points"].astype(np.float64) * scale + shift}
    buffer = io.BytesIO()
    np.savez(buffer, **changed)
    seen = view_drawings(read_drawings(buffer.getvalue()).drawings).astype(int)
    assert np.abs(seen - view_drawings(kept)).mean() < 1


class TestALabelledDrawing:
    @pytest.mark.parametrize("label", [-1, 10, 99])
    def test_shows_a_digit(self, label: int) -> None:
        with pytest.raises(HandwritingError, match="not a digit"):
            LabelledDrawing(label, ONE.strokes)

    def test_has_strokes(self) -> None:
        with pytest.raises(HandwritingError, match="no drawing"):
            LabelledDrawing(3, ())

    def test_is_shown_to_a_network_as_the_draw_page_shows_it(self) -> None:
        views = view_drawings([ONE, SEVEN])
        assert views.shape == (2, 3, 28, 28)
        assert np.array_equal(views[1], view_strokes(SEVEN.strokes))
