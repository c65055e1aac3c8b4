"""How dense a curve is depends on the config alone."""

import dataclasses

import pytest

from mnistlab.core.config import RunConfig
from mnistlab.core.pace import steps_between_points


@pytest.mark.parametrize(
    ("config", "steps"),
    [
        # 0.4 ms + 6 · 669,706 · 128 / 60e9 s = 8.97 ms; 150 ms / 8.97 ms = 16.7
        (RunConfig(batch_size=128), 17),
        # 0.4 ms + 6 · 669,706 · 64 / 60e9 s = 4.69 ms; 150 / 4.69 = 32.0
        (RunConfig(batch_size=64), 32),
        # 0.4 ms + 6 · 7,850 · 1 / 60e9 s = 0.401 ms; 150 / 0.401 = 374.3
        (RunConfig(hidden_layers=0, batch_size=1), 374),
        # One step takes longer than a point may wait.
        (RunConfig(hidden_layers=8, units=(2048,), batch_size=4096), 1),
        # An epoch has 4 steps.
        (RunConfig(training_images=400, batch_size=100), 4),
        (RunConfig(training_images=1, batch_size=100), 1),
    ],
)
def test_a_point_sums_up_about_150_ms(config: RunConfig, steps: int) -> None:
    assert steps_between_points(config) == steps


def test_it_does_not_change_with_what_costs_no_time() -> None:
    config = RunConfig()
    for changes in ({"seed": 1}, {"epochs": 200}, {"learning_rate": 0.1}, {"schedule": "cosine"}):
        changed = dataclasses.replace(config, **changes)
        assert steps_between_points(changed) == steps_between_points(config)
