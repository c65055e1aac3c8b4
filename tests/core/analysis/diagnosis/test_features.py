"""Settings and curves as numbers."""

import math

import pytest
from hypothesis import given, settings

from mnistlab.core.analysis.diagnosis import features
from mnistlab.core.analysis.diagnosis.change_features import OF_CHANGE, of_change
from mnistlab.core.analysis.diagnosis.convergence import find_convergence
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.fields import SETTINGS
from mnistlab.core.settings.rate_change import RateChange
from mnistlab.core.training.history import History
from tests.core.analysis.diagnosis.any_history import runs
from tests.factories import curve, hidden, last, plain_config, probe


@pytest.mark.parametrize(
    ("number", "logarithm"), [(0.01, -2), (0.0, -9), (1e300, 9), (math.inf, 9), (math.nan, 9)]
)
def test_a_logarithm_is_held_within_bounds(number: float, logarithm: float) -> None:
    assert features.log(number) == pytest.approx(logarithm)


def test_of_settings() -> None:
    config = plain_config(  # 450 images in batches of 100: 5 steps an epoch
        learning_rate=0.1, momentum=0.9, weight_decay=0.01, dropout=0.5, epochs=2, units=(50, 20)
    )
    named = dict(zip(features.OF_CONFIG, features.of_config(config), strict=True))
    assert named["optimizer sgd"] == 1
    assert named["optimizer adam"] == 0
    assert named["rate"] == pytest.approx(-1)
    assert named["rate with momentum"] == pytest.approx(0)
    assert named["steps"] == pytest.approx(1)
    assert named["pull"] == pytest.approx(-2)  # 0.1 · 0.01 · 10 steps
    assert named["kept"] == pytest.approx(1)  # half of 20 units
    assert named["depth"] == 2


def test_of_settings_are_as_many_with_a_choice_that_no_fitted_run_had() -> None:
    config = plain_config(optimizer="muon")
    assert features.find_unfitted(config) == ["optimizer"]
    assert features.find_unfitted(plain_config()) == []
    assert len(features.of_config(config)) == len(features.of_config(plain_config()))


@pytest.mark.parametrize("name", features.FITTED_CHOICES)
def test_fitted_choices_are_ones_that_there_are(name: str) -> None:
    for value in features.FITTED_CHOICES[name]:
        assert SETTINGS[name].check(value)


def test_of_settings_with_a_changing_rate_have_its_mean_over_the_steps() -> None:
    config = plain_config(learning_rate=0.1, weight_decay=0.01, epochs=2)  # ten steps
    changed = config.with_rate_changes([RateChange(5, 0.5), RateChange(7, 0.1), RateChange(99, 7)])
    named = dict(zip(features.OF_CONFIG, features.of_config(changed), strict=True))
    assert named["rate"] == pytest.approx(math.log10(0.18))  # eight steps of 0.1, two of 0.5
    assert named["way"] == pytest.approx(math.log10(1.8))
    constant = config.with_rate_changes([RateChange(3, 0.1)])
    assert features.of_config(constant) == pytest.approx(features.of_config(config))


def test_of_curves() -> None:
    looks = [
        probe(1, hidden(update=0.01, gradient=2.0), hidden(update=0.1), last(gradient=4.0)),
        probe(9, hidden(dead=0.25, distance=10.0), hidden(flat=0.75), last(distance=0.1)),
    ]
    history = curve([0.4, 0.2, 0.3], [0.5, 0.2, 0.03], accuracies=(0.9, 0.8), probes=looks)
    seen = features.of_run(history, find_convergence(plain_config(), history))
    named = dict(zip(features.OF_RUN, seen, strict=True))
    assert named["accuracy"] == 0.8
    assert named["best loss"] == 0.2
    assert named["best at"] == pytest.approx(2 / 3)
    assert named["gap"] == pytest.approx(1)
    assert named["first update"] == pytest.approx(-1)
    assert named["first gradient"] == pytest.approx(math.log10(4))
    assert named["gradient ratio"] == pytest.approx((math.log10(0.5) + 0) / 2, abs=0.001)
    assert named["dead"] == 0.25
    assert named["flat"] == 0.75
    assert named["greatest distance"] == pytest.approx(1)
    assert named["least distance"] == pytest.approx(-1)


@settings(max_examples=200)
@given(runs())
def test_of_any_curves_are_finite_or_missing(run: tuple[RunConfig, History]) -> None:
    config, history = run
    seen = features.of_run(history, find_convergence(config, history))
    assert not any(map(math.isinf, seen))
    assert all(map(math.isfinite, features.of_config(config)))


def test_of_a_change() -> None:
    before = plain_config(learning_rate=0.01, epochs=2)
    after = plain_config(learning_rate=0.1, epochs=4)
    looks = [probe(1, hidden(update=0.01), hidden(update=0.001), last())]
    history = curve([0.4, 0.2, 0.1], [0.4, 0.2, 0.1], probes=looks)
    seen = features.of_run(history, find_convergence(before, history))
    own, other = features.of_config(before), features.of_config(after)
    named = dict(zip(OF_CHANGE, of_change(own, other, seen), strict=True))
    assert named["greatest update then"] == pytest.approx(-1)  # from 0.01 by ten times the rate
    assert named["least update then"] == pytest.approx(-2)
    # The loss is halved in each epoch, of which there would be four.
    assert named["fall then"] == pytest.approx(4 * math.log(2))
    # Rate, rate with momentum, way, pull not (there is no decay), epochs, steps.
    assert named["changed"] == 5
