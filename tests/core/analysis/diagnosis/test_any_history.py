"""Whatever a run's record says, as long as its numbers are finite, there is a verdict on it."""

import dataclasses
import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from mnistlab.core.analysis import curves
from mnistlab.core.analysis.comparison import ComparedRun, count_tied, group_by_seed, rank
from mnistlab.core.analysis.curves import Axis, Split
from mnistlab.core.analysis.diagnosis.convergence import make_forecast
from mnistlab.core.analysis.diagnosis.diagnosis import diagnose
from mnistlab.core.analysis.diagnosis.overfitting import find_overfitting
from mnistlab.core.analysis.diagnosis.trend import find_trend
from mnistlab.core.analysis.range_test import check as rate_check
from mnistlab.core.analysis.range_test import suggestion as range_test
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.history import History, Measure
from tests.core.analysis.diagnosis.any_history import numbers, runs
from tests.factories import not_none

MANY = settings(max_examples=200)


def contestants(*runs: tuple[RunConfig, History]) -> list[ComparedRun]:
    """Return each run, and the same from another seed, which did not come as far."""
    return [
        ComparedRun(f"{name} {seed}", name, dataclasses.replace(config, seed=seed), curves)
        for name, (config, history) in zip("ab", runs, strict=True)
        for seed, curves in enumerate([history, history.up_to(history.steps[0].step)])
    ]


@MANY
@given(runs())
def test_it_converges_or_not_and_has_signs_and_causes(run: tuple[RunConfig, History]) -> None:
    diagnosis = diagnose(*run)
    for sign in diagnosis.signs:
        assert not math.isnan(sign.figure)
        assert not math.isnan(sign.compared)
    for outlook in (suspect.outlook for suspect in diagnosis.suspects):
        assert 0 <= outlook.accuracy <= 1
        assert 0 <= outlook.chance_to_gain(0.1) <= outlook.chance_to_gain(0) <= 1


@MANY
@given(runs())
def test_a_forecast_lies_between_its_bounds_and_where_the_stretch_began(
    run: tuple[RunConfig, History],
) -> None:
    config, history = run
    trend = find_trend(history, config.validation_images)
    forecast = trend and make_forecast(trend)
    if trend and forecast:
        assert 0 <= forecast.low <= forecast.loss <= forecast.high <= trend.loss(trend.turn)
        assert forecast.loss <= trend.now


@MANY
@given(runs(), st.sampled_from(Measure))
def test_it_overfits_or_not(run: tuple[RunConfig, History], measure: Measure) -> None:
    config, history = run
    find_overfitting(history, config.validation_images, measure)


@MANY
@given(runs(), st.booleans())
def test_its_range_curve_suggests_a_rate_or_none(
    run: tuple[RunConfig, History], is_complete: bool
) -> None:
    curve = not_none(range_test.read_curve(run[1]))
    assert all(map(math.isfinite, curve.smoothed))
    range_test.suggest(curve, is_complete)


@settings(max_examples=60)
@given(runs(), runs())
def test_it_can_be_compared_and_checked(
    run: tuple[RunConfig, History], other: tuple[RunConfig, History]
) -> None:
    runs_compared = contestants(run, other)
    rate_check.judge(runs_compared)
    groups = group_by_seed(runs_compared)
    assert count_tied(rank(groups)) <= len(groups)
    for group in groups:
        for split, measure, axis in ((s, m, a) for s in Split for m in Measure for a in Axis):
            curve = curves.curve(group, split, measure, axis)
            curves.thin_out(curve, 8)


@given(st.lists(numbers, min_size=1, max_size=40), st.integers(4, 12))
def test_points_that_tell_most_are_found_among_any(values: list[float], most: int) -> None:
    told = curves.telling_points(np.array(values), most)
    assert 1 <= len(told) <= most
