"""How a loss moves: pace, swings and chance, worked out by hand."""

import math

import pytest

from mnistlab.core.analysis.curves import Split
from mnistlab.core.analysis.diagnosis.trend import Trend, find_trend
from tests.factories import ERROR, curve, not_none


def trend_of(*losses: float | None) -> Trend:
    trend = not_none(find_trend(curve(losses), 0 if None in losses else 5_000))
    return trend


def test_it_takes_three_epochs() -> None:
    assert find_trend(curve([0.5, 0.4]), 5_000) is None
    assert find_trend(curve([0.5, 0.4, 0.3]), 5_000) is not None


@pytest.mark.parametrize(
    ("images", "split"), [(5_000, Split.VALIDATION), (499, Split.TRAINING), (0, Split.TRAINING)]
)
def test_it_is_that_of_enough_validation_images_or_else_of_training(
    images: int, split: Split
) -> None:
    trend = not_none(find_trend(curve([0.5, 0.4, 0.3], train_losses=[0.6, 0.5, 0.2]), images))
    assert trend.split is split
    assert trend.now == (0.3 if split is Split.VALIDATION else 0.2)


class TestItsPace:
    def test_is_the_share_that_each_epoch_takes_away(self) -> None:
        # Half in every epoch.
        trend = trend_of(0.8, 0.4, 0.2, 0.1)
        assert trend.pace == pytest.approx(math.log(2))
        assert trend.pace_error == pytest.approx(ERROR / 0.1 / 2)

    def test_is_that_of_the_latest_third(self) -> None:
        trend = trend_of(0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.4, 0.2)
        assert trend.stretch == 3
        assert trend.pace == pytest.approx(math.log(4) / 3)
        assert trend.earlier_pace == pytest.approx(0)

    def test_is_below_nothing_if_it_rises(self) -> None:
        assert trend_of(0.1, 0.2, 0.4).pace == pytest.approx(-math.log(2))

    def test_was_another_before_if_there_were_as_many_epochs(self) -> None:
        assert trend_of(0.8, 0.4, 0.2, 0.1).earlier_pace is None
        assert trend_of(1.6, 0.8, 0.4, 0.3, 0.2).earlier_pace == pytest.approx(math.log(2))


class TestItsSwing:
    def test_is_what_comes_and_goes_again(self) -> None:
        # Up by a factor of two, twice, and down by it once, over four changes.
        assert trend_of(0.2, 0.4, 0.4, 0.8, 0.4).oscillation == pytest.approx(math.log(2) / 4)

    def test_is_nothing_where_it_turns_only_once_from_better_to_worse(self) -> None:
        assert trend_of(0.8, 0.4, 0.2, 0.3, 0.4).oscillation == 0

    def test_is_nothing_in_one_direction(self) -> None:
        assert trend_of(0.8, 0.4, 0.2, 0.1).oscillation == 0
        assert trend_of(0.1, 0.2, 0.3, 0.5).oscillation == 0

    def test_is_nothing_within_chance(self) -> None:
        # By up to 2.33 standard errors of 0.01.
        assert trend_of(0.40, 0.42, 0.40, 0.42, 0.40).oscillation == 0
        assert trend_of(0.40, 0.43, 0.40, 0.43, 0.40).oscillation > 0


class TestItsFall:
    def test_goes_on_if_both_last_quarters_fell(self) -> None:
        assert trend_of(0.5, 0.45, 0.4).is_falling
        assert not trend_of(0.5, 0.4, 0.4).is_falling
        assert not trend_of(0.5, 0.6, 0.4).is_falling

    def test_is_none_within_chance(self) -> None:
        assert not trend_of(0.50, 0.48, 0.46).is_falling
        assert trend_of(0.50, 0.47, 0.44).is_falling


class TestItsLevel:
    def test_is_reached_where_it_no_longer_differs(self) -> None:
        assert trend_of(0.8, 0.5, 0.401, 0.40, 0.40).level_since(0.02) == 3

    def test_may_differ_by_chance_or_by_the_tolerance(self) -> None:
        # 0.42 is 5 % more, within two standard errors; 0.43 is beyond them.
        assert trend_of(0.8, 0.42, 0.40, 0.40).level_since(0.02) == 2
        assert trend_of(0.8, 0.43, 0.40, 0.40).level_since(0.02) == 3
        assert trend_of(0.8, 0.43, 0.40, 0.40).level_since(0.10) == 2

    def test_is_that_of_the_last_epoch_at_least(self) -> None:
        assert trend_of(0.8, 0.4, 0.2).level_since(0.02) == 3


def test_a_loss_of_nothing_has_a_pace_too() -> None:
    assert math.isfinite(trend_of(0.1, 0.0, 0.0).pace)
