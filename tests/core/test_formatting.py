"""Numbers as people read them."""

import math
import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnistlab.core.analysis.metrics import Interval
from mnistlab.core.formatting import (
    listed,
    loss,
    loss_with_margin,
    number,
    percent,
    percent_interval,
    percent_with_margin,
    setting,
    with_margin,
)
from mnistlab.core.settings.typed_numbers import write_number


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "n/a"),
        (0.0, "0"),
        (0.00002, "2.0 × 10⁻⁵"),
        (0.0594, "0.0594"),
        (0.3331, "0.333"),
        (2.3026, "2.30"),
        (9_999.0, "9,999"),
        (14_809.1, "1.5 × 10⁴"),
        (14_809_107_296_333_112_071_959_723_781_390_336.0, "1.5 × 10³⁴"),
        (float("inf"), "∞"),
    ],
)
def test_a_loss_has_three_digits_that_mean_something(value: float | None, text: str) -> None:
    assert loss(value) == text


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (0.25, 3, "0.250"),
        (1_234.5, 2, "1,234"),
        (999_999.9, 3, "1,000,000"),
        (-0.031, 1, "-0.03"),
        (3e-5, 1, "3 × 10⁻⁵"),
        (-9.99e33, 3, "-1.0 × 10³⁴"),
        (-math.inf, 3, "-∞"),
    ],
)
def test_a_measured_number_is_written_out_or_as_a_power_of_ten(
    value: float, digits: int, text: str
) -> None:
    assert number(value, digits) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0.00005, "0.00005"), (1e-7, "1 × 10⁻⁷"), (2.5e-10, "2.5 × 10⁻¹⁰")]
)
def test_a_chosen_number_keeps_all_its_digits(value: float, text: str) -> None:
    assert setting(value) == text


def test_a_mean_is_written_with_its_margin() -> None:
    assert percent_with_margin(0.98472, 0.0013) == "98.47 ± 0.13%"
    assert loss_with_margin(0.0594, 0.00211) == "0.0594 ± 0.0021"
    assert loss_with_margin(0.3331, 0.0099) == "0.333 ± 0.010"
    assert loss_with_margin(1.5e34, 2e33) == "1.5 × 10³⁴ ± 2.0 × 10³³"


ONE_NUMBER: list[Callable[[float], str]] = [number, setting, percent, loss, write_number]
TWO_NUMBERS: list[Callable[[float, float], str]] = [
    loss_with_margin,
    percent_with_margin,
    with_margin,
    lambda low, high: percent_interval(Interval(low, high)),
]
anything = st.floats(allow_nan=False) | st.floats(-1e-3, 1e-3) | st.floats(0, 10)


@pytest.mark.parametrize("write", ONE_NUMBER)
@given(value=anything)
def test_any_number_is_short(write: Callable[[float], str], value: float) -> None:
    assert 0 < len(write(value)) <= 32  # 24 are what the longest of Python's own takes


@pytest.mark.parametrize("write", TWO_NUMBERS)
@given(value=anything, margin=st.floats(0, allow_nan=False) | st.floats(0, 1))
def test_any_two_numbers_are_short(
    write: Callable[[float, float], str], value: float, margin: float
) -> None:
    assert len(write(value, margin)) <= 32


@given(st.floats(-1e300, 1e300) | st.floats(-1e-3, 1e-3))
def test_a_number_that_is_written_can_be_read_again(value: float) -> None:
    """The text itself, read as a number, is what was to be written: to two digits at least."""
    superscripts = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
    plain = re.sub(r" × 10(.*)", lambda power: "e" + power[1], number(value)).replace(",", "")
    assert float(plain.translate(superscripts)) == pytest.approx(value, rel=0.05)


def test_a_share_is_written_as_percent() -> None:
    assert percent(0.98472) == "98.47%"
    assert percent(0.5, 0) == "50%"
    assert percent(None) == "n/a"
    assert percent_interval(Interval(0.9821, 0.98694)) == "98.21–98.69%"


@pytest.mark.parametrize(
    ("names", "text"),
    [(["0.1"], "0.1"), (["0.1", "1"], "0.1 and 1"), (["a", "b", "c"], "a, b and c")],
)
def test_names_are_listed(names: list[str], text: str) -> None:
    assert listed(names) == text


@pytest.mark.parametrize(
    ("value", "margin", "text"),
    [
        (0.12551, 0.0277, "0.126 ± 0.028"),
        (1.284, 0.78, "1.28 ± 0.78"),
        (0.21, 1.24, "0.2 ± 1.2"),
        (14.2, 23.0, "14 ± 23"),
        (0.5, 0.0, "0.5 ± 0.0"),
    ],
)
def test_a_value_is_as_exact_as_its_margin(value: float, margin: float, text: str) -> None:
    assert with_margin(value, margin) == text
