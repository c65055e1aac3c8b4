"""What a step costs here: no more is known than that it costs something."""

import dataclasses
import math

from mnistlab.core.config import RunConfig
from mnistlab.core.timing import measure_speed

CONFIG = RunConfig(epochs=4, training_images=1_000, validation_images=600)


def test_measured_costs_are_finite_and_give_a_longer_run_more_time() -> None:
    speed = measure_speed()
    costs = dataclasses.astuple(speed)
    assert all(math.isfinite(cost) and cost >= 0 for cost in costs)
    short = speed.run_seconds(CONFIG)
    assert 0 < short < math.inf
    for name in ("epochs", "training_images"):
        more = dataclasses.replace(CONFIG, **{name: 2 * getattr(CONFIG, name)})
        assert speed.run_seconds(more) > short
