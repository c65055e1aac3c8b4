"""Kinds of setting: what they read from a text, strictly and kindly."""

import math
import re
from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnistlab.core.errors import ConfigError
from mnistlab.core.settings.kinds import (
    Choice,
    RateChanges,
    RealNumber,
    Setting,
    WholeNumber,
    Widths,
)
from mnistlab.core.settings.rate_change import RateChange
from mnistlab.core.settings.typed_numbers import read_number, write_number

CUPS = WholeNumber("cups", "Cups of tea", "", default=2, low=1, high=1_200)
SUGAR = RealNumber("sugar", "Sugar", "", default=0.5, low=0.001, high=2.5)
TURNS = RateChanges(
    "turns",
    "Turns",
    "",
    default=(),
    step=WholeNumber("step", "Step", "", 0, 0, 100),
    rate=RealNumber("rate", "Rate", "", 0.5, 0.1, 1.0),
    most=3,
)
TRAYS = Widths("trays", "Trays", "", default=(4, 2), each=CUPS, most=3)
TEA = Choice("tea", "Tea", "", default="green", names=("green", "earl_grey", "mint"))


def refusal(setting: Setting, text: str) -> ConfigError:
    with pytest.raises(ConfigError) as raised:
        setting.parse(text)
    assert raised.value.setting == setting.name
    return raised.value


class TestWholeNumber:
    @pytest.mark.parametrize(
        ("text", "number"),
        [
            ("1", 1),
            ("1200", 1_200),
            (" 7\n", 7),
            ("7.0", 7),
            ("1e3", 1_000),
            ("1E3", 1_000),
            ("+3", 3),
        ],
    )
    def test_is_read_however_it_is_written(self, text: str, number: int) -> None:
        value = CUPS.parse(text)
        assert (value, type(value)) == (number, int)
        assert CUPS.nearest(text) == number

    @pytest.mark.parametrize("text", ["１２", "١٢"])
    def test_is_read_in_other_scripts_digits(self, text: str) -> None:
        assert CUPS.parse(text) == 12

    @pytest.mark.parametrize(
        "text", ["0", "1201", "7.5", "-1", "1,20", "1 20", "seven", "nan", "inf"]
    )
    def test_is_refused_outside_its_rule(self, text: str) -> None:
        error = refusal(CUPS, text)
        assert error.problem == (
            f"Cups of tea can't be “{text}”: it must be a whole number from 1 to 1,200."
        )
        assert error.remedy == "Try 2, the default."

    @pytest.mark.parametrize(
        ("text", "number"),
        [
            ("7.4", 7),
            ("0.6", 1),
            ("-5", 1),
            ("5000", 1_200),
            ("inf", 1_200),
            ("-inf", 1),
            ("1e999", 1_200),
            ("nan", 2),
            ("seven", 2),
            ("", 2),
        ],
    )
    def test_nearest_goes_to_the_closest_end_or_the_default(self, text: str, number: int) -> None:
        value = CUPS.nearest(text)
        assert (value, type(value)) == (number, int)

    @pytest.mark.parametrize("value", [True, 2.0, "2", None, 0, 1_201, math.nan])
    def test_check_wants_an_int_within_its_ends(self, value: object) -> None:
        assert not CUPS.check(value)
        assert CUPS.check(1)
        assert CUPS.check(1_200)


class TestRealNumber:
    @pytest.mark.parametrize(
        ("text", "number"), [("0.001", 0.001), ("2.5", 2.5), ("1", 1.0), ("1e-2", 0.01)]
    )
    def test_is_read_however_it_is_written(self, text: str, number: float) -> None:
        assert SUGAR.parse(text) == number
        assert SUGAR.nearest(text) == number

    @pytest.mark.parametrize("text", ["0", "2.51", "-1", "0,5,", "some", "nan", "inf", "-inf"])
    def test_is_refused_outside_its_rule(self, text: str) -> None:
        error = refusal(SUGAR, text)
        assert error.problem == f"Sugar can't be “{text}”: it must be a number from 0.001 to 2.5."
        assert error.remedy == "Try 0.5, the default."

    @pytest.mark.parametrize(
        ("text", "number"),
        [("0", 0.001), ("9", 2.5), ("inf", 2.5), ("-inf", 0.001), ("nan", 0.5), ("some", 0.5)],
    )
    def test_nearest_goes_to_the_closest_end_or_the_default(self, text: str, number: float) -> None:
        assert SUGAR.nearest(text) == number

    @pytest.mark.parametrize("value", [True, "1", None, 0.0, 2.51, math.nan, math.inf])
    def test_check_wants_a_number_within_its_ends(self, value: object) -> None:
        assert not SUGAR.check(value)
        assert SUGAR.check(1)
        assert SUGAR.check(2.5)


WRITTEN = st.sampled_from(
    [",", ".", " ", "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}", "'", "’"]
)
"""What people of different countries put between thousands (CLDR's grouping signs)."""
COUNT = WholeNumber("count", "Count", "", default=1, low=0, high=10**9)
SHARE = RealNumber("share", "Share", "", default=1.0, low=0.0, high=10.0**9)


class TestANumberOfAnyCountry:
    @given(st.integers(0, 10**9), WRITTEN, st.sampled_from(["", ".0", ",0", ".00", ",00"]))
    def test_that_is_whole_is_read_as_it_is_meant_or_refused(
        self, number: int, mark: str, tail: str
    ) -> None:
        text = f"{number:,}".replace(",", mark) + tail
        if tail.startswith(mark) and number >= 1_000:
            refusal(COUNT, text)
        else:
            assert COUNT.parse(text) == number

    @given(st.integers(1, 10**9))
    def test_may_be_written_as_a_power_of_ten(self, number: int) -> None:
        for text in (f"{number:.9e}", f"{number:.9E}", f"{number:.9e}".replace(".", ",")):
            assert COUNT.parse(text) == SHARE.parse(text) == number

    @given(st.integers(0, 10**6 - 1), st.integers(0, 10**6 - 1), WRITTEN, st.sampled_from(".,"))
    def test_with_a_fraction_is_read_as_it_is_meant_or_refused(
        self, whole: int, millionths: int, mark: str, point: str
    ) -> None:
        text = f"{whole:,}".replace(",", mark) + f"{point}{millionths:06d}"
        if point == mark and whole >= 1_000:
            refusal(SHARE, text)
        else:
            assert SHARE.parse(text) == float(f"{whole}.{millionths:06d}")

    @given(st.text("0123456789.,' ", max_size=12))
    def test_loses_no_digit(self, text: str) -> None:
        with suppress(ConfigError):
            read = str(COUNT.parse(text))
            digits = re.sub(r"\D", "", text).lstrip("0")
            assert digits.rstrip("0") == read.lstrip("0").rstrip("0")

    @pytest.mark.parametrize(("text", "number"), [("1.000", 1.0), ("1,500", 1.5), ("0,001", 0.001)])
    def test_with_one_mark_is_a_fraction_where_fractions_are_asked_for(
        self, text: str, number: float
    ) -> None:
        assert SHARE.parse(text) == number

    @pytest.mark.parametrize("text", ["1,024", "1,200", "1,000"])
    def test_that_may_be_one_width_or_several_is_refused(self, text: str) -> None:
        error = refusal(TRAYS, text)
        assert "may be one number or several" in error.problem
        assert error.remedy.startswith(f"Write {text.replace(',', '')} for one, or ")

    def test_in_a_list_of_widths_comes_back_as_it_was_written(self) -> None:
        for widths in ((1, 200), (7, 800), (512, 256), (1_200, 3)):
            assert TRAYS.parse(TRAYS.format(widths)) == widths


class TestWidths:
    @pytest.mark.parametrize(
        ("text", "widths"), [("7", (7,)), ("7,8", (7, 8)), (" 7 , 8 ,1200", (7, 8, 1_200))]
    )
    def test_are_one_number_or_several(self, text: str, widths: tuple[int, ...]) -> None:
        assert TRAYS.parse(text) == widths
        assert TRAYS.nearest(text) == widths
        assert TRAYS.parse(TRAYS.format(widths)) == widths

    @pytest.mark.parametrize("text", ["0", "7,", ",7", "7;8", "7,x", "7,8.5", "1,2,3,4", "7,1201"])
    def test_are_refused_if_any_is_wrong_or_too_many(self, text: str) -> None:
        error = refusal(TRAYS, text)
        assert error.problem == (
            f"Trays can't be “{text}”: it must be a whole number from 1 to 1,200, "
            "or one for each layer, separated by commas."
        )
        assert error.remedy == "Try 4,2, the default."

    @pytest.mark.parametrize(
        ("text", "widths"),
        [
            ("0,9999", (1, 1_200)),
            ("7,x,8", (7, 8)),
            ("7,", (7,)),
            ("1,2,3,4", (1, 2, 3)),
            ("x", (4, 2)),
            ("", (4, 2)),
            (",,,", (4, 2)),
        ],
    )
    def test_nearest_keeps_what_can_be_read(self, text: str, widths: tuple[int, ...]) -> None:
        assert TRAYS.nearest(text) == widths

    @pytest.mark.parametrize("value", [(), (1, 2, 3, 4), [7], 7, "7", (7.0,), (0,), (True,)])
    def test_check_wants_a_tuple_of_allowed_ints(self, value: object) -> None:
        assert not TRAYS.check(value)
        assert TRAYS.check((1, 2, 3))


class TestRateChanges:
    @pytest.mark.parametrize(
        ("text", "changes"),
        [
            ("none", ()),
            (" None ", ()),
            ("5:0.5", (RateChange(5, 0.5),)),
            ("5: 0.5, 90 : 1e-1", (RateChange(5, 0.5), RateChange(90, 0.1))),
        ],
    )
    def test_are_read_in_the_order_of_their_steps(
        self, text: str, changes: tuple[RateChange, ...]
    ) -> None:
        assert TURNS.parse(text) == changes

    @pytest.mark.parametrize(
        "text",
        [
            *("", "5", "5:", ":0.5", "5:0.5,", "5:0,5", "1,500:0.5", "5:2", "101:0.5", "5.5:0.5"),
            *("9:0.5,5:0.5", "5:0.5,5:0.1", "1:0.5,2:0.5,3:0.5,4:0.5", "5-0.5", "none,5:0.5"),
        ],
    )
    def test_refuse_what_is_no_list_of_them(self, text: str) -> None:
        error = refusal(TURNS, text)
        assert TURNS.rule in error.problem
        assert error.remedy == "Try none, the default."

    @pytest.mark.parametrize(
        ("text", "written"),
        [
            ("9:0.5,5:0.1", "5:0.1,9:0.5"),
            ("5:0.5,lots,9:0.1", "5:0.5,9:0.1"),
            ("5:7,500:0.1", "5:1,100:0.1"),
            ("1:0.1,2:0.2,3:0.3,4:0.4", "1:0.1,2:0.2,3:0.3"),
            ("lots", "none"),
        ],
    )
    def test_have_a_nearest_list(self, text: str, written: str) -> None:
        assert TURNS.format(TURNS.nearest(text)) == written


class TestChoice:
    @pytest.mark.parametrize("text", ["mint", " Mint\n", "MINT"])
    def test_is_read_in_any_case(self, text: str) -> None:
        assert TEA.parse(text) == "mint"

    def test_is_refused_with_the_names_there_are(self) -> None:
        error = refusal(TEA, "coffee")
        assert error.problem == "Tea can't be “coffee”: it must be one of green, earl_grey, mint."
        assert error.remedy == "Try green, the default."

    @pytest.mark.parametrize(
        ("text", "name"),
        [
            ("minz", "mint"),
            ("MINZ ", "mint"),
            ("Earl Grey", "earl_grey"),
            ("coffee", "green"),
            ("", "green"),
        ],
    )
    def test_nearest_mends_a_slip_of_the_pen(self, text: str, name: str) -> None:
        assert TEA.nearest(text) == name


class TestARefusal:
    @pytest.mark.parametrize("text", ["", "   ", "\n"])
    def test_calls_nothing_empty(self, text: str) -> None:
        for setting in (CUPS, SUGAR, TRAYS, TEA):
            assert refusal(setting, text).problem == (
                f"{setting.label} can't be empty: it must be {setting.rule}."
            )

    def test_quotes_only_the_start_of_a_long_text(self) -> None:
        for setting in (CUPS, SUGAR, TRAYS, TEA):
            problem = refusal(setting, "ab" * 50_000).problem
            assert problem.startswith(f"{setting.label} can't be “{'ab' * 19}a…”")

    def test_quotes_all_of_forty_characters(self) -> None:
        assert f"“{'a' * 40}”" in refusal(TEA, "a" * 40).problem
        assert f"“{'a' * 39}…”" in refusal(TEA, "a" * 41).problem


class TestReadNumber:
    @pytest.mark.parametrize(
        "text", ["nan", "-NaN", "1_000", "", " ", "0x10", "²", "½", "1 2", "−1"]
    )
    def test_does_not_take_what_no_person_types_for_a_number(self, text: str) -> None:
        assert read_number(text) is None

    def test_takes_infinity_for_a_very_large_one(self) -> None:
        assert read_number("inf") == math.inf
        assert read_number("9" * 5_000) == math.inf


class TestWriteNumber:
    @pytest.mark.parametrize(
        ("number", "text"),
        [
            (0.00005, "0.00005"),
            (1e-6, "0.000001"),
            (0.1, "0.1"),
            (100.0, "100"),
            (10, "10"),
            (0.0, "0"),
            (1e20, "100000000000000000000"),
            (1e-7, "1e-07"),
            (-0.002, "-0.002"),
        ],
    )
    def test_writes_as_a_person_would(self, number: float, text: str) -> None:
        assert write_number(number) == text

    def test_writes_every_digit_that_counts(self) -> None:
        for number in (0.1 + 0.2, 1 / 3, math.pi * 1e-5, 2.5e-9, 123_456.789, 5e-324):
            assert float(write_number(number)) == number
            assert Decimal(write_number(number)) == Decimal(repr(number))
