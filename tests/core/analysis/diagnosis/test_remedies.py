"""Single changes of settings."""

import dataclasses

import pytest

from mnistlab.core.analysis.diagnosis.remedies import REMEDIES, alternatives, remedied
from mnistlab.core.errors import ConfigError
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.rate_change import RateChange

CONFIG = RunConfig(hidden_layers=1, units=(32,), epochs=4, dropout=0.2, training_images=5_000)


@pytest.mark.parametrize("name", alternatives(CONFIG))
def test_a_remedy_by_its_name_is_the_alternative_of_that_name(name: str) -> None:
    other = remedied(CONFIG, name)
    assert other == alternatives(CONFIG)[name]
    assert other != CONFIG


def test_a_remedy_leaves_all_other_settings() -> None:
    assert remedied(CONFIG, "epochs") == dataclasses.replace(CONFIG, epochs=12)
    assert remedied(CONFIG, "wider") == dataclasses.replace(CONFIG, units=(256,))


def test_a_remedy_of_the_learning_rate_changes_all_of_a_run_s_rates() -> None:
    config = dataclasses.replace(
        CONFIG, learning_rate=0.02, rate_changes=(RateChange(9, 0.5), RateChange(12, 0.004))
    )
    assert remedied(config, "rate_tenth") == dataclasses.replace(
        CONFIG, learning_rate=0.002, rate_changes=(RateChange(9, 0.05), RateChange(12, 0.0004))
    )
    assert "rate_times_10" in alternatives(config)
    assert "rate_times_100" in alternatives(config)
    assert "rate_times_100" not in alternatives(
        dataclasses.replace(config, rate_changes=(RateChange(9, 1.5),))
    )


def test_a_remedy_of_the_batches_or_images_changes_the_rate_at_the_same_epoch() -> None:
    config = dataclasses.replace(  # 20 steps an epoch
        CONFIG, batch_size=250, rate_changes=(RateChange(30, 0.5),)
    )
    smaller, more = remedied(config, "batch_smaller"), remedied(config, "images")
    assert (smaller.steps_per_epoch, smaller.to_query()["rate_changes"]) == (162, "243:0.5")
    assert (more.steps_per_epoch, more.to_query()["rate_changes"]) == (80, "120:0.5")


@pytest.mark.parametrize("name", ["shallower", "right_labels", "unheard of", ""])
def test_a_remedy_that_changes_nothing_is_refused_by_its_name(name: str) -> None:
    assert name not in alternatives(CONFIG)
    with pytest.raises(ConfigError) as caught:
        remedied(CONFIG, name)
    assert f"“{name}”" in caught.value.problem
    assert caught.value.remedy


def test_names_are_kept_under_these_words() -> None:
    assert " ".join(REMEDIES) == (
        "rate_tenth rate_hundredth rate_times_10 rate_times_100 no_brake right_labels wider deeper "
        "shallower activation start epochs images batch_smaller batch_larger"
    )
