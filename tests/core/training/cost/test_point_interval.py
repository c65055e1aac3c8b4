"""How dense a curve is depends on the config alone."""

import dataclasses

import pytest

from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.cost.point_interval import points_per_epoch, probe_interval


@pytest.mark.parametrize(
    ("config", "points"),
    [
        # 0.4 ms + 6 · 669,706 · 128 / 60e9 s = 8.97 ms; 300 ms / 8.97 ms = 33.4; 430 / 33 = 13.03
        (RunConfig(batch_size=128), 14),
        # 0.4 ms + 6 · 669,706 · 64 / 60e9 s = 4.69 ms; 300 / 4.69 = 64.0; 860 / 64 = 13.4
        (RunConfig(batch_size=64), 14),
        # 0.4 ms + 6 · 7,850 · 1 / 60e9 s = 0.401 ms; 300 / 0.401 = 748.5; 55,000 / 748 = 73.5
        (RunConfig(hidden_layers=0, batch_size=1), 74),
        # Each of 14 steps takes longer than a point may wait.
        (RunConfig(hidden_layers=8, units=(2048,), batch_size=4096), 14),
        # An epoch has 4 steps.
        (RunConfig(training_images=400, batch_size=100), 1),
        (RunConfig(training_images=1, batch_size=100), 1),
    ],
)
def test_a_point_sums_up_about_300_ms(config: RunConfig, points: int) -> None:
    assert points_per_epoch(config) == points


@pytest.mark.parametrize(
    ("config", "points"),
    [
        (RunConfig(epochs=1), 108),  # 430 steps, four for a point
        (RunConfig(epochs=3), 36),  # 1,290 steps, twelve for a point
        (RunConfig(epochs=4), 26),  # 1,720 steps, seventeen for a point
        (RunConfig(training_images=199, batch_size=1, epochs=1), 199),
        (RunConfig(training_images=100, batch_size=1, epochs=1), 100),
    ],
)
def test_a_short_run_has_a_hundred_points(config: RunConfig, points: int) -> None:
    assert points_per_epoch(config) == points


def test_it_does_not_change_with_what_costs_no_time() -> None:
    config = RunConfig()
    for changes in ({"seed": 1}, {"epochs": 200}, {"learning_rate": 0.1}, {"schedule": "cosine"}):
        changed = dataclasses.replace(config, **changes)
        assert points_per_epoch(changed) == points_per_epoch(config)


class TestLooksIntoTheNetwork:
    @pytest.mark.parametrize(
        ("config", "steps"),
        [
            # A look takes 2 ms + (2 · 256 + 300) · 669,706 / 60e9 s = 11.06 ms, a step 4.69 ms:
            # 118 steps for 2 %. 860 steps an epoch have room for 7 looks; 4 are 215 steps apart.
            (RunConfig(batch_size=64), 215),
            # 0.02 · 0.401 ms a step: 263 steps for the 2.11 ms of a look. 55,000 in 4 are 13,750.
            (RunConfig(hidden_layers=0, batch_size=1), 13_750),
            # 20 steps in an epoch: a look every six epochs, after 118 steps or more.
            (RunConfig(batch_size=64, training_images=1_280), 120),
            # Not more than 200 looks in all: 160 epochs of 4 steps are 3.2 steps a look, and
            # those of 200 epochs of 1,000 steps are a thousand.
            (RunConfig(hidden_layers=0, batch_size=50, training_images=50_000, epochs=200), 1_000),
        ],
    )
    def test_cost_little(self, config: RunConfig, steps: int) -> None:
        assert probe_interval(config) == steps

    @pytest.mark.parametrize("epochs", [1, 7, 100, 200])
    @pytest.mark.parametrize("batch_size", [1, 60, 4_096])
    @pytest.mark.parametrize("units", [1, 100, 2_048])
    def test_are_four_an_epoch_and_about_200_a_run_at_most(
        self, epochs: int, batch_size: int, units: int
    ) -> None:
        config = RunConfig(epochs=epochs, batch_size=batch_size, units=(units,))
        interval, steps = probe_interval(config), config.steps_per_epoch
        assert interval * 4 >= steps
        looks_in_an_epoch = -(-steps // interval) if interval < steps else steps / interval
        assert looks_in_an_epoch * epochs <= 200 + epochs
