"""The range test: which run it is, and what its curve suggests."""

import dataclasses
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from mnistlab.core.analysis.range_test.suggestion import (
    NoSuggestion,
    RangeCurve,
    Suggestion,
    is_range_test,
    range_config,
    read_curve,
    round_rate,
    suggest,
)
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.rate_change import RateChange
from mnistlab.core.training.cost.point_interval import points_per_epoch
from mnistlab.core.training.events import StepPoint
from mnistlab.core.training.history import History
from tests.core.trainer import Trainer
from tests.factories import not_none, plain_config

SGD = plain_config(
    hidden_layers=1,
    units=(64,),
    batch_size=64,
    training_images=5_000,
    validation_images=5_000,
    seed=0,
)


def steps(config: RunConfig) -> int:
    return config.epochs * config.steps_per_epoch


class TestTheRun:
    def test_rises_to_ten_through_the_whole_run(self) -> None:
        test = range_config(RunConfig())
        assert (test.learning_rate, test.schedule) == (10.0, "range_test")
        assert is_range_test(test)
        assert not is_range_test(RunConfig())

    def test_is_that_of_the_same_network(self) -> None:
        config = RunConfig(units=(30, 20), activation="tanh", momentum=0.5, dropout=0.1, seed=3)
        test = range_config(config)
        for name in ("units", "activation", "optimizer", "momentum", "dropout", "seed"):
            assert getattr(test, name) == getattr(config, name)

    @pytest.mark.parametrize(
        ("config", "epochs", "images"),
        [
            (RunConfig(), 1, 400 * 128),
            (RunConfig(training_images=6_400, batch_size=64), 4, 6_400),  # 100 steps an epoch
            (RunConfig(batch_size=1), 1, 400),
            (RunConfig(training_images=1), 200, 1),  # no more epochs than a run may have
        ],
    )
    def test_has_four_hundred_steps(self, config: RunConfig, epochs: int, images: int) -> None:
        test = range_config(config)
        assert (test.epochs, test.training_images) == (epochs, images)

    def test_has_fewer_steps_if_they_would_take_long(self) -> None:
        # 0.4 ms + 6 · 2,913,290 · 512 / 60e9 s = 149.6 ms; 30 s / 149.6 ms = 200.6;
        # two epochs of 108 steps
        assert steps(range_config(RunConfig(hidden_layers=3, units=(1024,), batch_size=512))) == 216
        largest = RunConfig(hidden_layers=8, units=(2048,), batch_size=4096)
        assert 100 <= steps(range_config(largest)) < 120

    def test_has_a_curve_of_a_hundred_points(self) -> None:
        for config in (RunConfig(), SGD, RunConfig(training_images=1)):
            test = range_config(config)
            assert test.epochs * points_per_epoch(test) >= 100

    def test_needs_no_more_epochs_than_the_server_allows(self) -> None:
        assert range_config(RunConfig(training_images=128), most_epochs=5).epochs == 5

    def test_is_the_same_for_configs_that_differ_in_what_it_replaces(self) -> None:
        config = RunConfig(training_images=60_000, validation_images=0)
        others: dict[str, Any] = {"learning_rate": 0.5, "schedule": "cosine", "epochs": 3}
        others["rate_changes"] = (RateChange(50, 0.1),)
        assert range_config(dataclasses.replace(config, **others)) == range_config(config)
        assert range_config(range_config(config)) == range_config(config)


def make_history(loss: Callable[[float], float], points: int = 121) -> History:
    """Return the history of a test with so many points, whose loss is `loss` of the power."""
    powers = np.linspace(-6, 1, points)
    return History(
        [
            StepPoint(4 * n, n / points, float(loss(power)), 0.5, float(10**power), 0.0)
            for n, power in enumerate(powers, start=1)
        ]
    )


def read(history: History) -> RangeCurve:
    curve = not_none(read_curve(history))
    return curve


def valley(power: float) -> float:
    """Fall in a straight line from 2.3 at 10⁻³ to 0.3 at 10⁻², flat to 10⁻¹, then rise steeply."""
    return float(np.interp(power, [-3, -2, -1, -0.5, 1], [2.3, 0.3, 0.3, 5, 1e9]))


class TestTheCurve:
    def test_is_none_before_the_first_point(self) -> None:
        assert read_curve(History()) is None

    def test_has_the_points_as_they_are(self) -> None:
        history = make_history(valley)
        curve = read(history)
        assert curve.losses.tolist() == [point.train_loss for point in history.steps]
        assert curve.rates.tolist() == [point.learning_rate for point in history.steps]
        assert curve.start == pytest.approx(2.3)

    def test_is_smoothed_to_both_sides_over_a_tenth_of_a_power_of_ten(self) -> None:
        """A step becomes the integral of a normal curve of standard deviation 0.1."""
        powers = np.linspace(-6, 1, 701)
        step = read(make_history(lambda power: 2.0 - (power > -2.005), 701)).smoothed - 1
        expected = [(1 - math.erf((power + 2.005) / 0.1 / math.sqrt(2))) / 2 for power in powers]
        assert step == pytest.approx(expected, abs=1e-3)

    @pytest.mark.parametrize("height", [3.0, 1e33])
    @pytest.mark.parametrize("width", [1, 2])
    def test_does_not_smear_a_spike(self, width: int, height: float) -> None:
        """Beside a spike the line is where it is without it, within a hundredth."""
        smooth = make_history(valley, 101)
        spiked = History(list(smooth.steps))
        for place in range(66, 66 + width):  # rates of about 0.04
            spiked.steps[place] = dataclasses.replace(smooth.steps[place], train_loss=height)
        assert read(spiked).smoothed == pytest.approx(read(smooth).smoothed, abs=0.01)
        assert suggest(read(spiked), True) == suggest(read(smooth), True)

    def test_is_not_spoiled_before_an_explosion(self) -> None:
        """10⁹ at the end would otherwise be all that is left of the curve."""
        smoothed = read(make_history(valley)).smoothed
        assert smoothed.max() == pytest.approx(2 * 2.3)
        assert smoothed.min() == pytest.approx(0.3, abs=0.01)


class TestASuggestion:
    def test_is_the_middle_of_the_last_tenth_of_the_fall(self) -> None:
        """2 is the fall; 0.2 above its end, the V's left side is at 10⁻²·¹ and its foot at 10⁻²."""
        history = make_history(lambda power: np.interp(power, [-3, -2, -1], [2.3, 0.3, 2.3]), 701)
        found = suggest(read(history), is_complete=True)
        assert isinstance(found, Suggestion)
        # Smoothing rounds the foot off: by 2 · 0.1 · √(2 / π) / 1, its mean distance from it.
        assert found.loss == pytest.approx(0.3 + 2 * 0.1 * math.sqrt(2 / math.pi), abs=0.01)
        assert found.lowest == pytest.approx(1e-2, rel=0.05)
        assert -2.3 < math.log10(found.nearly) < -2.1
        assert found.rate == round_rate(math.sqrt(found.nearly * found.lowest))

    def test_tells_from_where_on_all_is_lost(self) -> None:
        found = suggest(read(make_history(valley)), is_complete=True)
        assert isinstance(found, Suggestion)
        assert found.start == pytest.approx(2.3)
        assert found.too_big == pytest.approx(10**-0.8, rel=0.2)  # 0.3 + 2 of 4.7 on the way up

    def test_has_two_digits(self) -> None:
        assert round_rate(0.0123456) == 0.012
        assert round_rate(3.999) == 4.0

    def test_stays_within_what_a_rate_may_be(self) -> None:
        assert (round_rate(1e-9), round_rate(1e9)) == (1e-6, 100.0)

    def test_is_made_though_nothing_breaks(self) -> None:
        found = suggest(
            read(make_history(lambda power: np.interp(power, [-3, -2], [2.3, 0.3]))), True
        )
        assert isinstance(found, Suggestion)
        assert found.too_big is None

    def test_is_not_made_if_the_loss_never_fell(self) -> None:
        noise = np.random.default_rng(0)
        flat = make_history(lambda power: 2.3 + noise.normal(0, 0.02))
        assert suggest(read(flat), is_complete=True) is NoSuggestion.NEVER_FELL

    @pytest.mark.parametrize("last", [-5.0, -2.5, -1.5])
    def test_waits_for_the_loss_to_rise_again(self, last: float) -> None:
        whole = make_history(valley).steps
        cut = History([point for point in whole if point.learning_rate < 10**last])
        assert suggest(read(cut), is_complete=False) is NoSuggestion.EARLY

    def test_is_made_of_a_test_that_diverged(self) -> None:
        whole = make_history(valley).steps
        cut = read(History([point for point in whole if point.learning_rate < 0.5]))
        found = suggest(cut, is_complete=False)
        assert found == suggest(read(make_history(valley)), is_complete=True)


class TestOnRealDigits:
    def run(self, config: RunConfig, trainer: Trainer) -> tuple[History, bool]:
        history = trainer.train(range_config(config)).history
        return history, history.divergence is None

    @pytest.mark.parametrize(
        ("optimizer", "low", "high"), [("sgd", 0.05, 1.0), ("adam", 0.0005, 0.02)]
    )
    def test_suggests_what_is_known_to_be_good(
        self, trainer: Trainer, optimizer: str, low: float, high: float
    ) -> None:
        config = dataclasses.replace(SGD, optimizer=optimizer)
        history, is_complete = self.run(config, trainer)
        found = suggest(read(history), is_complete)
        assert isinstance(found, Suggestion)
        assert low <= found.rate <= high
        assert found.too_big is not None
        assert found.too_big > 3 * found.rate

    def test_ends_its_curve_with_the_explosion(self, trainer: Trainer) -> None:
        config = dataclasses.replace(SGD, hidden_layers=3, activation="none")
        history, is_complete = self.run(config, trainer)
        assert not is_complete
        assert history.steps[-1].train_loss > 4 * math.log(10)

    def test_of_equal_weights_suggests_nothing(self, trainer: Trainer) -> None:
        config = dataclasses.replace(SGD, hidden_layers=2, initialisation="zeros")
        history, is_complete = self.run(config, trainer)
        assert suggest(read(history), is_complete) is NoSuggestion.NEVER_FELL
