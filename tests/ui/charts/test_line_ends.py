"""Where the names of lines stand: beside their ends, and apart."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnistlab.ui.charts.line_ends import place_names
from mnistlab.ui.charts.scales import ValueRange

HEIGHT = 300.0
SHARES = ValueRange(0.0, 1.0)


def pixels(places: list[float]) -> list[float]:
    return [HEIGHT * place for place in places]


def test_what_lies_apart_stays_where_it_is() -> None:
    assert place_names([0.2, 0.9, 0.5], SHARES, HEIGHT, False) == pytest.approx([0.2, 0.9, 0.5])


def test_two_ends_that_lie_together_move_by_as_much() -> None:
    low, high = pixels(place_names([0.5, 0.5], SHARES, HEIGHT, False))
    assert (low, high) == pytest.approx((142, 158))


@given(st.lists(st.floats(-1, 2), min_size=1, max_size=12))
def test_names_stand_apart_on_the_axis_and_in_the_order_of_the_ends(ends: list[float]) -> None:
    placed = pixels(place_names(ends, SHARES, HEIGHT, False))
    order = sorted(range(len(ends)), key=lambda at: min(max(ends[at], 0), 1))
    upwards = [placed[at] for at in order]
    assert all(b - a >= 16 - 1e-6 for a, b in itertools.pairwise(upwards))
    assert upwards[0] >= -1e-6
    assert upwards[-1] <= HEIGHT + 1e-6


def test_a_logarithmic_axis_has_equal_distances_for_equal_factors() -> None:
    limits = ValueRange(0.01, 100.0)
    low, high = place_names([1.0, 1.0], limits, HEIGHT, True)
    assert HEIGHT * math.log(high / low) / math.log(1e4) == pytest.approx(16)
    assert low * high == pytest.approx(1.0)


def test_more_names_than_fit_begin_at_the_lower_end() -> None:
    assert pixels(place_names([0.5] * 3, SHARES, 20, False))[0] == 0
