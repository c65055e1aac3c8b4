"""Every setting there is: its default, its limits, and whatever anybody may type."""

import dataclasses
from collections.abc import Sequence

import pytest

from mnistlab.core.errors import ConfigError
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.fields import SETTINGS, nearest_units
from mnistlab.core.settings.kinds import (
    Choice,
    RateChanges,
    RealNumber,
    Setting,
    Value,
    WholeNumber,
    Widths,
)
from mnistlab.core.settings.rate_change import RateChange

every_setting = pytest.mark.parametrize("setting", SETTINGS.values(), ids=SETTINGS)

NEVER_ALLOWED = {
    "letters": "a lot",
    "a negative number": "-1",
    "a tiny negative number": "-1e-300",
    "not a number": "NaN",
    "infinity": "inf",
    "minus infinity": "-Infinity",
    "nothing": "",
    "blanks": " \t\n",
    "an underscore": "1_000",
    "ten billion": "10000000000",
    "a formula": "10**9",
    "a very long number": "9" * 10_000,
    "very long text": "network " * 10_000,
    "other digits": "²",
    "a fraction sign": "½",
    "a null character": "\0",
    "half a surrogate pair": "\ud800",
    "an emoji": "🙂",
    "only commas": ",,,",
    "hexadecimal": "0x10",
    "markup": "<b>8</b>",
}
never_allowed = pytest.mark.parametrize("text", NEVER_ALLOWED.values(), ids=NEVER_ALLOWED)


@every_setting
class TestEverySetting:
    @never_allowed
    def test_refuses_it_with_its_label_and_its_rule(self, setting: Setting, text: str) -> None:
        with pytest.raises(ConfigError) as raised:
            setting.parse(text)
        error = raised.value
        assert error.setting == setting.name
        assert error.problem.startswith(f"{setting.label} can't be ")
        assert setting.rule in error.problem
        assert setting.format(setting.default) in error.remedy
        assert len(str(error)) < 250

    @never_allowed
    def test_finds_an_allowed_value_near_it(self, setting: Setting, text: str) -> None:
        assert setting.check(setting.nearest(text))

    def test_allows_its_default(self, setting: Setting) -> None:
        assert setting.check(setting.default)
        assert setting.parse(setting.format(setting.default)) == setting.default

    def test_reads_back_what_it_writes(self, setting: Setting) -> None:
        for value in extremes(setting):
            assert setting.check(value)
            assert setting.parse(setting.format(value)) == value
            assert setting.nearest(setting.format(value)) == value

    def test_is_a_field_of_the_config_with_the_same_default(self, setting: Setting) -> None:
        assert getattr(RunConfig(), setting.name) == setting.default

    def test_explains_itself_in_whole_sentences(self, setting: Setting) -> None:
        assert setting.label
        assert setting.hint.endswith(".")


def extremes(setting: Setting) -> Sequence[Value]:
    """Return the outermost values that a setting says it allows."""
    match setting:
        case WholeNumber() | RealNumber():
            return [setting.low, setting.high]
        case Widths():
            return [(setting.each.low,), (setting.each.high,) * setting.most]
        case Choice():
            return list(setting.names)
        case RateChanges():
            last, rates = setting.step.high, (setting.rate.low, setting.rate.high)
            steps = [0, *range(last - setting.most + 2, last + 1)]
            return [tuple(RateChange(step, rates[step % 2]) for step in steps)]


def test_the_settings_are_the_fields_of_the_config() -> None:
    assert set(SETTINGS) == {field.name for field in dataclasses.fields(RunConfig)}
    assert all(name == setting.name for name, setting in SETTINGS.items())


def test_no_two_settings_have_the_same_label() -> None:
    assert len({setting.label for setting in SETTINGS.values()}) == len(SETTINGS)


@pytest.mark.parametrize("setting", SETTINGS.values(), ids=list(SETTINGS))
def test_a_billion_is_too_much(setting: Setting) -> None:
    with pytest.raises(ConfigError):
        setting.parse(str(10**9))


@pytest.mark.parametrize(
    ("units", "layers", "fitted"),
    [
        ((512,), 3, (512,)),
        ((512, 256), 2, (512, 256)),
        ((512, 256), 4, (512, 256, 256, 256)),
        ((512, 256, 128), 2, (512, 256)),
        ((512, 256), 1, (512,)),
        ((512, 256), 0, (512,)),
    ],
)
def test_units_are_cut_or_filled_up_to_the_layers(
    units: tuple[int, ...], layers: int, fitted: tuple[int, ...]
) -> None:
    assert nearest_units(units, layers) == fitted
