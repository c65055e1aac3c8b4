"""Whether a run converges, by curves made by hand and by real runs."""

import dataclasses
import math

import pytest

from mnistlab.core.analysis.curves import Split
from mnistlab.core.analysis.diagnosis.convergence import (
    Convergence,
    State,
    find_convergence,
    make_forecast,
)
from mnistlab.core.analysis.diagnosis.trend import find_trend
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.rate_change import RateChange
from mnistlab.core.training.events import Divergence
from mnistlab.core.training.history import History
from tests.factories import curve, not_none

CONFIG = RunConfig(schedule="constant", validation_images=5_000)
LEVEL = [0.3] * 6


def found(history: History, config: RunConfig = CONFIG) -> Convergence:
    return find_convergence(config, history)


def state_of(*losses: float, train_losses: list[float] | None = None) -> State:
    return found(curve(losses, train_losses)).state


class TestAState:
    def test_is_unknown_before_three_epochs(self) -> None:
        assert found(History()).state is State.UNKNOWN
        assert state_of(0.5, 0.3) is State.UNKNOWN

    def test_is_diverged_as_soon_as_the_loss_is_no_number(self) -> None:
        history = curve([0.5])
        history.add(Divergence(12, 1.2))
        assert found(history) == Convergence(State.DIVERGED)

    def test_is_improving_while_it_falls(self) -> None:
        assert state_of(1.0, 0.8, 0.6, 0.5) is State.IMPROVING

    def test_is_improving_however_slowly_while_nearly_all_is_to_be_learned(self) -> None:
        # By 0.4 % an epoch, beyond chance all the same.
        slow = [2.20 - 0.03 * epoch for epoch in range(6)]
        assert state_of(*slow) is State.IMPROVING
        assert state_of(*(loss / 10 for loss in slow)) is State.CONVERGED

    def test_is_converged_when_nothing_changes_any_more(self) -> None:
        assert state_of(0.8, 0.4, *LEVEL) is State.CONVERGED
        assert found(curve([0.8, 0.4, *LEVEL])).since == 3

    def test_has_converged_since_it_came_within_two_percent(self) -> None:
        # Logarithms of 1.13 / 1.1 and 1.12 / 1.1: 2.7 and 1.8 %, both beyond chance.
        assert found(curve([1.5, 1.13, *[1.1] * 6])).since == 3
        assert found(curve([1.5, 1.12, *[1.1] * 6])).since == 2

    def test_is_stuck_at_the_loss_of_guessing(self) -> None:
        assert state_of(2.30, 2.31, 2.30, 2.30, 2.31) is State.STUCK

    def test_is_stuck_if_it_only_comes_back_to_guessing(self) -> None:
        losses = (2.9, 2.7, 2.5, 2.4)
        assert state_of(*losses, train_losses=[3.0, 2.38, 2.38, 2.38]) is State.STUCK
        assert state_of(*losses, train_losses=[3.0, 2.8, 2.6, 2.4]) is State.IMPROVING

    def test_is_oscillating_when_much_comes_and_goes(self) -> None:
        assert state_of(0.5, 0.4, 0.6, 0.4, 0.6, 0.4, 0.5) is State.OSCILLATING

    def test_is_oscillating_far_above_chance_too(self) -> None:
        assert state_of(106, 134, 116, 149, 66, 92, 129) is State.OSCILLATING

    def test_is_oscillating_when_all_losses_rise(self) -> None:
        losses = [0.3, 0.3, 0.3, 0.35, 0.4]
        assert state_of(*losses, train_losses=losses) is State.OSCILLATING

    def test_is_past_its_best_when_only_validation_rises(self) -> None:
        assert state_of(0.5, 0.31, 0.30, 0.34, 0.36, 0.38) is State.PAST_BEST

    def test_needs_no_validation_images(self) -> None:
        config = dataclasses.replace(CONFIG, validation_images=0)
        result = found(curve([None] * 4, [1.0, 0.8, 0.6, 0.5]), config)
        assert result.state is State.IMPROVING
        assert result.trend is not None
        assert result.trend.split is Split.TRAINING
        assert found(curve([None] * 4, [0.8, 0.3, 0.3, 0.3]), config).state is State.CONVERGED


class TestAForecast:
    def test_goes_on_at_the_pace_that_is_kept(self) -> None:
        # Half in every epoch: 0.1 · (1/2)³ after half as many epochs again.
        trend = not_none(find_trend(curve([3.2, 1.6, 0.8, 0.4, 0.2]), 5_000))
        forecast = not_none(make_forecast(trend))
        assert forecast.epochs == 3
        assert forecast.loss == pytest.approx(0.2 / 8)
        assert forecast.low < forecast.loss < forecast.high

    def test_slackens_as_the_pace_did(self) -> None:
        # A quarter in the stretch of two, after a half in the two before: half the pace.
        trend = not_none(find_trend(curve([0.8, 0.6, 0.4, 0.35, 0.4 / math.sqrt(2)]), 5_000))
        pace, kept = math.log(2) / 4, math.sqrt(0.5)
        forecast = not_none(make_forecast(trend))
        fall = kept + kept**2 + kept**3
        assert forecast.loss == pytest.approx(trend.now * math.exp(-pace * fall))

    def test_lies_between_the_pace_that_is_kept_and_one_that_soon_ends(self) -> None:
        trend = not_none(find_trend(curve([0.8, 0.6, 0.4, 0.35, 0.4 / math.sqrt(2)]), 5_000))
        forecast = not_none(make_forecast(trend))
        margin = 1.959964 * trend.pace_error
        assert margin > 0
        assert forecast.low == pytest.approx(trend.now * math.exp(-3 * (trend.pace + margin)))
        # An eighth of the pace is left after a stretch of two epochs.
        kept = math.sqrt(1 / 8)
        fall = kept + kept**2 + kept**3
        assert forecast.high == pytest.approx(trend.now * math.exp(-fall * (trend.pace - margin)))
        assert forecast.low < forecast.loss < forecast.high < trend.now

    def test_waits_until_there_are_two_stretches_to_compare(self) -> None:
        assert found(curve([1.0, 0.8, 0.6, 0.5])).state is State.IMPROVING
        assert found(curve([1.0, 0.8, 0.6, 0.5])).forecast is None

    def test_is_made_for_a_constant_rate_alone(self) -> None:
        history = curve([1.2, 1.0, 0.8, 0.6, 0.5])
        assert found(history).forecast is not None
        cosine = dataclasses.replace(CONFIG, schedule="cosine")
        assert found(history, cosine).state is State.IMPROVING
        assert found(history, cosine).forecast is None

    def test_is_made_once_the_rate_was_the_same_for_two_stretches(self) -> None:
        history = curve([1.2, 1.0, 0.8, 0.6, 0.5])  # ten steps an epoch, two epochs a stretch
        lately = dataclasses.replace(CONFIG, rate_changes=(RateChange(11, 0.1),))
        assert found(history, lately).state is State.IMPROVING
        assert found(history, lately).forecast is None
        before = dataclasses.replace(CONFIG, rate_changes=(RateChange(10, 0.1),))
        assert found(history, before) == found(history)

    def test_needs_a_loss_below_where_the_stretch_began(self) -> None:
        """The eighth loss was a leap down: since then it rose and fell to the same again."""
        losses = [2.28, 2.2, 2.1, 2.05, 2.0, 1.9, 1.85, 1.50, 1.80, 1.70, 1.60, 1.51]
        result = found(curve(losses))
        assert result.state is State.IMPROVING
        assert result.forecast is None

    def test_of_no_loss_at_all_is_no_loss_and_at_worst_that_of_the_stretch_before(self) -> None:
        config = dataclasses.replace(CONFIG, validation_images=0)
        result = found(curve([None] * 5, [2.3, 1.2, 0.5, 0.01, 0.0]), config)
        assert result.state is State.IMPROVING
        forecast = not_none(result.forecast)
        assert (forecast.low, forecast.loss, forecast.high) == (0.0, 0.0, 0.5)

    def test_is_made_for_what_improves_alone(self) -> None:
        assert found(curve([0.8, 0.4, *LEVEL])).forecast is None
