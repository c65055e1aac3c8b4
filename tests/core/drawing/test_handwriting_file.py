"""The file in which a student's labelled digits travel."""

import io
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnistlab.core.drawing.handwriting import (
    MAX_DIGITS,
    PICTURE_SIDE,
    LabelledDigit,
    LabelledDrawing,
    LabelledPicture,
    view_digits,
)
from mnistlab.core.drawing.handwriting_file import read_digits, write_digits
from mnistlab.core.drawing.strokes import MAX_POINTS, MAX_STROKES
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


def strokes_of(drawing: LabelledDigit) -> list[list[list[float]]]:
    assert isinstance(drawing, LabelledDrawing)
    return [each.points.tolist() for each in drawing.strokes]


class TestReading:
    def test_takes_strokes_and_labels_apart(self) -> None:
        read = read_digits(npz())
        one, seven = read.digits
        assert (one.label, seven.label, read.found) == (1, 7, 2)
        assert strokes_of(one) == [[[140, 40], [136, 240]]]
        assert strokes_of(seven) == [[[60, 50], [220, 50], [120, 250]], [[90, 150], [200, 150]]]

    @pytest.mark.parametrize("kind", [np.int64, np.uint64, ">i4", np.int8])
    def test_takes_whole_numbers_of_any_kind(self, kind: Any) -> None:
        starts = {"stroke_start": [0, 2, 5, 7], "digit_start": [0, 1, 3], "labels": [1, 7]}
        file = npz(**{name: np.array(each, dtype=kind) for name, each in starts.items()})
        assert [drawing.label for drawing in read_digits(file).digits] == [1, 7]

    def test_takes_the_first_that_there_is_room_for(self) -> None:
        read = read_digits(npz(), at_most=1)
        assert [drawing.label for drawing in read.digits] == [1]
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


def read_one(points: np.ndarray) -> LabelledDigit:
    file = npz(points=points, stroke_start=[0, len(points)], digit_start=[0, 1], labels=[5])
    return read_digits(file).digits[0]


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
        read_digits(npz(**changes))
    assert refusal.value.remedy == "Choose a file that was exported here, or one of the same form."


class TestWriting:
    def test_has_the_form_that_other_programs_read(self) -> None:
        with np.load(io.BytesIO(write_digits([ONE, SEVEN])), allow_pickle=False) as file:
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
        read = read_digits(write_digits([long] * MAX_DIGITS))
        assert len(read.digits) == MAX_DIGITS


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
    read = read_digits(write_digits(kept)).digits
    assert [drawing.label for drawing in read] == [drawing.label for drawing in kept]
    assert [strokes_of(drawing) for drawing in read] == [strokes_of(drawing) for drawing in kept]


@given(st.lists(drawings, min_size=1, max_size=3), st.floats(0.01, 100), st.floats(-1e4, 1e4))
def test_a_network_sees_no_unit(kept: list[LabelledDrawing], scale: float, shift: float) -> None:
    """As far as rounding: of 32 bits a point keeps seven digits, of an edge a grey level."""
    with np.load(io.BytesIO(write_digits(kept))) as file:
        changed = {**file, "points": file["points"].astype(np.float64) * scale + shift}
    buffer = io.BytesIO()
    np.savez(buffer, **changed)
    seen = view_digits(read_digits(buffer.getvalue()).digits).astype(int)
    assert np.abs(seen - view_digits(kept)).mean() < 1


def picture(label: int, ink: int = 200) -> LabelledPicture:
    """Return a bar of so bright an ink."""
    pixels = np.zeros((PICTURE_SIDE, PICTURE_SIDE), dtype=np.uint8)
    pixels[:, 40:60] = ink
    return LabelledPicture(label, pixels)


class TestPictures:
    def test_follow_the_drawings(self) -> None:
        read = read_digits(write_digits([picture(4), ONE, picture(2, ink=90)]))
        one, four, two = read.digits
        assert [digit.label for digit in read.digits] == [1, 4, 2]
        assert strokes_of(one) == strokes_of(ONE)
        assert isinstance(four, LabelledPicture)
        assert isinstance(two, LabelledPicture)
        assert (four.pixels.max(), two.pixels.max()) == (200, 90)
        assert np.array_equal(four.pixels > 0, two.pixels > 0)

    def test_need_no_drawings(self) -> None:
        file = write_digits([picture(4)])
        with np.load(io.BytesIO(file), allow_pickle=False) as arrays:
            assert set(arrays) == {"pictures", "picture_labels"}
            assert arrays["pictures"].shape == (1, 100, 100)
        assert [digit.label for digit in read_digits(file).digits] == [4]

    def test_are_counted_with_the_drawings(self) -> None:
        file = write_digits([ONE, picture(4), SEVEN, picture(2)])
        labels = {
            most: [digit.label for digit in read_digits(file, most).digits] for most in (1, 3, 9)
        }
        assert labels == {1: [1], 3: [1, 7, 4], 9: [1, 7, 4, 2]}
        assert read_digits(file, 1).found == 4

    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"pictures": np.ones((1, 28, 28), np.uint8)}, r"\(1, 28, 28\); it has to be"),
            ({"pictures": np.ones((100, 100), np.uint8)}, r"\(100, 100\); it has to be"),
            ({"pictures": np.ones((1, 100, 100), np.float32)}, "uint8"),
            ({"pictures": np.zeros((1, 100, 100), np.uint8)}, "no ink"),
            ({"picture_labels": np.array([10], np.uint8)}, "A label is 10"),
            ({"picture_labels": np.array([1, 2], np.uint8)}, "1 pictures, but 2 labels"),
            ({"picture_labels": np.array([1.0])}, "“picture_labels” has to be a list"),
        ],
    )
    def test_are_refused(self, changes: dict[str, np.ndarray], reason: str) -> None:
        arrays = {"pictures": picture(1).pixels[np.newaxis], "picture_labels": np.array([1])}
        with pytest.raises(HandwritingError, match=reason):
            read_digits(npz(**(arrays | changes)))

    def test_need_their_labels(self) -> None:
        with pytest.raises(HandwritingError, match="no array “picture_labels”"):
            read_digits(npz(pictures=picture(1).pixels[np.newaxis]))
