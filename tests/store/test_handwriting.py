"""A lab's own test set, kept."""

from collections.abc import Callable

import numpy as np
import pytest
from sqlalchemy import create_engine, event, text

from mnistlab.core.drawing.handwriting import (
    MAX_DIGITS,
    MAX_POINTS_IN_ALL,
    PICTURE_SIDE,
    LabelledDigit,
    LabelledDrawing,
    LabelledPicture,
)
from mnistlab.core.drawing.strokes import MAX_POINTS, Stroke
from mnistlab.core.errors import HandwritingError, NotFoundError, StoreError
from mnistlab.store import RunStore
from tests.store.conftest import Tamper, at_once


def drawing(label: int, *lengths: int) -> LabelledDrawing:
    """Return a drawing of strokes with so many points."""
    random = np.random.default_rng(label)
    strokes = (
        Stroke(random.uniform(0, 280, (length, 2)).astype(np.float32), 8.5 + length)
        for length in lengths or (3,)
    )
    return LabelledDrawing(label, tuple(strokes))


def picture(label: int) -> LabelledPicture:
    """Return a picture whose pixels are all different from another label's."""
    random = np.random.default_rng(label)
    size = (PICTURE_SIDE, PICTURE_SIDE)
    return LabelledPicture(label, random.integers(0, 256, size, dtype=np.uint8))


def contents(store: RunStore, lab: str) -> list[tuple[int, list[tuple[float, list[list[float]]]]]]:
    """Return labels, and of each stroke width and points."""
    ids = [entry.id for entry in store.handwriting.entries(lab)]
    return [(each.label, contents_of(each)) for each in store.handwriting.digits(lab, ids)]


def labels(store: RunStore, lab: str) -> list[int]:
    return [entry.label for entry in store.handwriting.entries(lab)]


class TestHandwriting:
    def test_is_empty_at_first(self, store: RunStore, lab: str) -> None:
        assert store.handwriting.entries(lab) == []
        assert store.handwriting.count(lab) == 0
        assert store.handwriting.digits(lab, []) == []

    def test_keeps_each_stroke_with_its_width(self, store: RunStore, lab: str) -> None:
        store.handwriting.add(lab, [drawing(7, 5, 1, 9)])
        [kept] = store.handwriting.digits(lab, [store.handwriting.entries(lab)[0].id])
        given = drawing(7, 5, 1, 9)
        assert isinstance(kept, LabelledDrawing)
        assert kept.label == 7
        assert [each.width for each in kept.strokes] == [13.5, 9.5, 17.5]
        for one, other in zip(kept.strokes, given.strokes, strict=True):
            assert one.points.dtype == np.float32
            np.testing.assert_array_equal(one.points, other.points)

    def test_keeps_each_pixel_of_a_picture(self, store: RunStore, lab: str) -> None:
        store.handwriting.add(lab, [picture(7)])
        [kept] = store.handwriting.digits(lab, [store.handwriting.entries(lab)[0].id])
        assert isinstance(kept, LabelledPicture)
        assert kept.label == 7
        np.testing.assert_array_equal(kept.pixels, picture(7).pixels)

    def test_keeps_pictures_among_drawings(self, store: RunStore, lab: str) -> None:
        ids = store.handwriting.add(lab, [drawing(3), picture(5), drawing(1)])
        kinds = [type(each) for each in store.handwriting.digits(lab, ids)]
        assert kinds == [LabelledDrawing, LabelledPicture, LabelledDrawing]
        store.handwriting.relabel(lab, ids[1], 6)
        store.handwriting.delete(lab, ids[0])
        assert labels(store, lab) == [6, 1]

    def test_adds_a_whole_sheet_or_nothing_of_it(self, store: RunStore, lab: str) -> None:
        sheet = [picture(place % 10) for place in range(100)]
        store.handwriting.add(lab, [drawing(1)] * (MAX_DIGITS - 99))
        with pytest.raises(StoreError, match="would have 501 digits"):
            store.handwriting.add(lab, sheet)
        assert store.handwriting.count(lab) == MAX_DIGITS - 99
        store.handwriting.add(lab, sheet[1:])
        assert labels(store, lab)[-99:] == [digit.label for digit in sheet[1:]]

    def test_keeps_the_order_in_which_they_came(self, store: RunStore, lab: str) -> None:
        first = store.handwriting.add(lab, [drawing(3), drawing(1)])
        store.handwriting.delete(lab, first[0])
        more = store.handwriting.add(lab, [drawing(2)])
        assert [entry.id for entry in store.handwriting.entries(lab)] == [first[1], *more]
        assert labels(store, lab) == [1, 2]
        assert store.handwriting.count(lab) == 2

    def test_gives_some_of_them(self, store: RunStore, lab: str) -> None:
        one, _, three = store.handwriting.add(lab, [drawing(1), drawing(2), drawing(3)])
        assert [d.label for d in store.handwriting.digits(lab, [three, one])] == [1, 3]

    def test_relabels(self, store: RunStore, lab: str) -> None:
        one, _ = store.handwriting.add(lab, [drawing(1), drawing(4)])
        store.handwriting.relabel(lab, one, 7)
        assert labels(store, lab) == [7, 4]
        assert contents(store, lab)[0][1] == contents_of(drawing(1))

    def test_relabels_only_to_a_digit(self, store: RunStore, lab: str) -> None:
        [one] = store.handwriting.add(lab, [drawing(1)])
        with pytest.raises(HandwritingError, match="“10” is not a digit"):
            store.handwriting.relabel(lab, one, 10)
        assert labels(store, lab) == [1]

    def test_deletes_all(self, store: RunStore, lab: str) -> None:
        store.handwriting.add(lab, [drawing(1), drawing(4)])
        store.handwriting.delete_all(lab)
        assert labels(store, lab) == []

    def test_needs_a_lab(self, store: RunStore) -> None:
        with pytest.raises(NotFoundError, match="no such lab"):
            store.handwriting.add("nothing", [drawing(1)])

    @pytest.mark.parametrize("act", ["relabel", "delete", "digits"])
    def test_what_is_gone_is_said_to_be(self, store: RunStore, lab: str, act: str) -> None:
        [gone] = store.handwriting.add(lab, [drawing(1)])
        store.handwriting.delete(lab, gone)
        with pytest.raises(NotFoundError, match="no such digit"):
            do(store, act, lab, gone)

    def test_goes_with_its_lab(self, store: RunStore, lab: str, url: str) -> None:
        store.handwriting.add(lab, [drawing(1)])
        engine = create_engine(url)
        if engine.name == "sqlite":
            event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA foreign_keys=ON"))
        with engine.begin() as connection:
            connection.execute(text("DELETE FROM labs WHERE key = :lab"), {"lab": lab})
        engine.dispose()
        assert labels(store, lab) == []


def contents_of(drawing: LabelledDigit) -> list[tuple[float, list[list[float]]]]:
    assert isinstance(drawing, LabelledDrawing)
    return [(stroke.width, stroke.points.tolist()) for stroke in drawing.strokes]


def do(store: RunStore, act: str, lab: str, digit_id: str) -> None:
    """Relabel, delete or read a digit."""
    acts: dict[str, Callable[[], object]] = {
        "relabel": lambda: store.handwriting.relabel(lab, digit_id, 5),
        "delete": lambda: store.handwriting.delete(lab, digit_id),
        "digits": lambda: store.handwriting.digits(lab, [digit_id]),
    }
    acts[act]()


class TestLabsAreApart:
    @pytest.fixture
    def stranger(self, store: RunStore) -> str:
        return store.create_lab()

    @pytest.mark.parametrize("act", ["relabel", "delete", "digits"])
    def test_another_labs_digit_is_none_of_ours(
        self, store: RunStore, lab: str, stranger: str, act: str
    ) -> None:
        [own] = store.handwriting.add(lab, [drawing(1)])
        with pytest.raises(NotFoundError):
            do(store, act, stranger, own)
        assert labels(store, lab) == [1]

    def test_deleting_all_is_deleting_all_of_ones_own(
        self, store: RunStore, lab: str, stranger: str
    ) -> None:
        store.handwriting.add(lab, [drawing(1)])
        store.handwriting.add(stranger, [drawing(2)])
        store.handwriting.delete_all(stranger)
        assert (labels(store, lab), labels(store, stranger)) == ([1], [])


class TestLimits:
    def test_a_lab_keeps_500_digits_and_refuses_more(self, store: RunStore, lab: str) -> None:
        store.handwriting.add(lab, [drawing(1)] * (MAX_DIGITS - 1))
        with pytest.raises(StoreError, match="would have 501 digits; a lab keeps 500"):
            store.handwriting.add(lab, [drawing(2), drawing(3)])
        store.handwriting.add(lab, [drawing(4)])
        assert store.handwriting.count(lab) == MAX_DIGITS
        assert 2 not in labels(store, lab)

    def test_points_are_counted_in_all(self, store: RunStore, lab: str) -> None:
        long = drawing(1, MAX_POINTS)
        store.handwriting.add(lab, [long] * (MAX_POINTS_IN_ALL // MAX_POINTS))
        with pytest.raises(StoreError, match="more than 1,000,000 points"):
            store.handwriting.add(lab, [drawing(2, 1)])
        store.handwriting.add(store.create_lab(), [drawing(2, 1)])

    def test_those_who_add_at_once_are_counted_one_after_the_other(
        self, store: RunStore, lab: str
    ) -> None:
        store.handwriting.add(lab, [drawing(1)] * (MAX_DIGITS - 3))
        refused = []

        def add() -> None:
            try:
                store.handwriting.add(lab, [drawing(2)])
            except StoreError as error:
                refused.append(error)

        at_once(add, times=6)
        assert (store.handwriting.count(lab), len(refused)) == (MAX_DIGITS, 3)


class TestDamagedContent:
    def test_is_not_given_out_and_can_be_deleted(
        self, store: RunStore, lab: str, tamper: Tamper
    ) -> None:
        store.handwriting.add(lab, [drawing(1)])
        tamper("UPDATE handwriting SET content = :zeros", zeros=bytes(100))
        with pytest.raises(StoreError, match="disk has damaged"):
            contents(store, lab)
        store.handwriting.delete_all(lab)
        assert contents(store, lab) == []
