"""Single changes of settings."""

import dataclasses

import pytest

from mnistlab.core.analysis.diagnosis.remedies import REMEDIES, alternatives, remedied
from mnistlab.core.errors import ConfigError
from mnistlab.core.settings.config import RunConfig

CONFIG = RunConfig(hidden_layers=1, units=(32,), epochs=4, dropout=0.2, training_images=5_000)


@pytest.mark.parametrize("name", alternatives(CONFIG))
def test_a_remedy_by_its_name_is_the_alternative_of_that_name(name: str) -> None:
    other = remedied(CONFIG, name)
    assert other == alternatives(CONFIG)[name]
    assert other != CONFIG


def test_a_remedy_leaves_all_other_settings() -> None:
    assert remedied(CONFIG, "epochs") == dataclasses.replace(CONFIG, epochs=12)
    assert remedied(CONFIG, "wider") == dataclasses.replace(CONFIG, units=(256,))


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
