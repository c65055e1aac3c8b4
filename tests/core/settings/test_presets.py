"""Ready-made experiments are configs like any other."""

import pytest

from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.presets import PRESETS, Preset


@pytest.mark.parametrize("preset", PRESETS.values(), ids=PRESETS)
class TestEveryPreset:
    def test_travels_as_json_and_in_a_url(self, preset: Preset) -> None:
        assert RunConfig.from_json(preset.config.to_json()) == preset.config
        assert RunConfig.nearest(preset.config.to_query()) == (preset.config, ())

    def test_is_described(self, preset: Preset) -> None:
        assert preset.label
        assert preset.hint.endswith(".")
        assert preset.reference_source
        assert 0.5 < preset.reference_accuracy < 1


def test_quick_start_is_smaller_than_the_notebook_and_sees_its_images_less_often() -> None:
    quick, notebook = PRESETS["quick_start"].config, PRESETS["notebook"].config
    assert quick.parameter_count == 269_322
    assert quick.epochs < notebook.epochs
    assert quick.validation_images > 0


def test_the_notebook_is_plain_sgd_on_all_images() -> None:
    config = PRESETS["notebook"].config
    assert config.parameter_count == 669_706
    assert config.epochs * config.steps_per_epoch == 20 * 938
    assert (config.optimizer, config.learning_rate, config.momentum) == ("sgd", 0.01, 0.0)
    assert (config.dropout, config.weight_decay, config.schedule) == (0.0, 0.0, "constant")
    assert config.validation_images == 0


def test_presets_are_told_apart_by_label_and_settings() -> None:
    assert len({preset.label for preset in PRESETS.values()}) == len(PRESETS)
    assert len({preset.config for preset in PRESETS.values()}) == len(PRESETS)
