"""What one server lets its visitors train."""

import dataclasses

import pytest

from mnistlab.core.errors import ConfigError
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.limits import MOST_PARAMETERS, WIDEST, Limits
from mnistlab.core.settings.presets import PRESETS, Preset

# 784-10 has 7,850 parameters.
SMALLEST = RunConfig(hidden_layers=0, epochs=10)
LIMITS = Limits(max_parameters=7_850, max_epochs=10)


class TestWhatFits:
    def test_passes_up_to_the_limit_itself(self) -> None:
        LIMITS.check(SMALLEST)
        assert LIMITS.problems(SMALLEST) == ()

    @pytest.mark.parametrize("preset", PRESETS.values(), ids=list(PRESETS))
    def test_by_default_every_preset_does(self, preset: Preset) -> None:
        Limits().check(preset.config)

    def test_everything_does_on_the_widest(self) -> None:
        largest = RunConfig(hidden_layers=8, units=(2048,), epochs=200)
        assert largest.parameter_count == MOST_PARAMETERS
        WIDEST.check(largest)


class TestTheNearest:
    def test_is_the_config_itself_if_it_fits(self) -> None:
        config = RunConfig(hidden_layers=3, units=(64, 32, 16))
        assert Limits().nearest(config) == config

    def test_has_as_many_epochs_as_there_may_be(self) -> None:
        assert LIMITS.nearest(dataclasses.replace(SMALLEST, epochs=200)) == SMALLEST

    @pytest.mark.parametrize("units", [(2048,), (2048, 64, 1024), (1,) * 3])
    def test_is_as_wide_as_fits(self, units: tuple[int, ...]) -> None:
        wide = RunConfig(hidden_layers=3, units=units)
        limits = Limits(max_parameters=500_000)
        found = limits.nearest(wide)
        limits.check(found)
        wider = tuple(min(max(found.units) + 1, each) for each in units)
        more = dataclasses.replace(wide, units=wider)
        assert more == wide == found or more.parameter_count > 500_000


class TestWhatDoesNot:
    def test_names_value_limit_and_remedy_for_parameters(self) -> None:
        # 784-10-10 has 7,850 + 110.
        wide = dataclasses.replace(SMALLEST, hidden_layers=1, units=(10,))
        with pytest.raises(ConfigError, match=r"7,960 parameters.*7,850") as caught:
            LIMITS.check(wide)
        assert caught.value.setting == "units"
        assert "fewer" in caught.value.remedy

    def test_names_value_limit_and_remedy_for_epochs(self) -> None:
        with pytest.raises(ConfigError, match=r"can't be 11.*10") as caught:
            LIMITS.check(dataclasses.replace(SMALLEST, epochs=11))
        assert caught.value.setting == "epochs"
        assert "10 or fewer" in caught.value.remedy

    def test_is_told_all_at_once_to_the_form(self) -> None:
        problems = LIMITS.problems(RunConfig(epochs=11))
        assert [problem.setting for problem in problems] == ["units", "epochs"]
