"""What a step costs here: no more is known than that it costs something."""

import dataclasses
import math

import pytest

from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.cost.speed import Speed, count_work
from mnistlab.core.training.cost.timing import PROBES, solve_for_costs, time_steps

CONFIG = RunConfig(epochs=4, training_images=1_000, validation_images=600)


def test_measured_costs_are_finite_and_give_a_longer_run_more_time() -> None:
    speed = solve_for_costs(list(time_steps()))
    costs = dataclasses.astuple(speed)
    assert all(math.isfinite(cost) and cost >= 0 for cost in costs)
    short = speed.run_seconds(CONFIG)
    assert 0 < short < math.inf
    for name in ("epochs", "training_images"):
        more = dataclasses.replace(CONFIG, **{name: 2 * getattr(CONFIG, name)})
        assert speed.run_seconds(more) > short


def test_costs_are_found_from_the_times_they_make() -> None:
    costs = Speed(2e-5, 3e-5, 4e-5, 2e-6, 1e-8, 8e-10, 2e-11)
    seconds = [float(count_work(probe) @ dataclasses.astuple(costs)) for probe in PROBES]
    assert dataclasses.astuple(solve_for_costs(seconds)) == pytest.approx(
        dataclasses.astuple(costs)
    )


def test_a_cost_that_seems_less_than_nothing_is_nothing_and_the_others_still_fit() -> None:
    costs = Speed(2e-5, 3e-5, 4e-5, 2e-6, 0.0, 8e-10, 2e-11)
    seconds = [float(count_work(probe) @ dataclasses.astuple(costs)) for probe in PROBES]
    with_dropout = next(number for number, probe in enumerate(PROBES) if probe.dropout)
    seconds[with_dropout] *= 0.9
    found = solve_for_costs(seconds)
    assert found.mask == 0
    for number, probe in enumerate(PROBES):
        foretold = float(count_work(probe) @ dataclasses.astuple(found))
        assert foretold == pytest.approx(seconds[number], rel=0.12)
