"""How long a run will take: what it grows with, never how long that is."""

import dataclasses

import pytest

from mnistlab.core.config import RunConfig
from mnistlab.core.registry import OPTIMIZERS
from mnistlab.core.speed import Speed

CONFIG = RunConfig(
    hidden_layers=2,
    units=(64,),
    optimizer="sgd",
    batch_size=100,
    epochs=4,
    training_images=1_000,
    validation_images=600,
)
PLAUSIBLE = Speed(step=4e-4, layer=5e-5, parameter=1e-9, product=1e-10)
MORE_WORK = {
    "epochs": 5,
    "training_images": 1_100,
    "validation_images": 700,
    "units": (65,),
    "hidden_layers": 3,
    "batch_size": 50,
}


class TestRunSeconds:
    # 784-64-64-10 has 50,240 + 4,160 + 650 = 55,050 parameters; 4 epochs of 10 steps.
    @pytest.mark.parametrize(
        ("speed", "seconds"),
        [
            (Speed(1.0, 0, 0, 0), 40),
            (Speed(0, 1.0, 0, 0), 40 * 3),
            (Speed(0, 0, 1.0, 0), 40 * 55_050),
            # A validation does one of the three products of a step.
            (Speed(0, 0, 0, 1.0), 40 * 100 * 55_050 + 4 * 600 * 55_050 / 3),
        ],
    )
    def test_are_the_work_times_its_cost(self, speed: Speed, seconds: float) -> None:
        assert speed.run_seconds(CONFIG) == pytest.approx(seconds)

    @pytest.mark.parametrize("name", MORE_WORK)
    def test_grow_with_the_work(self, name: str) -> None:
        more = dataclasses.replace(CONFIG, **{name: MORE_WORK[name]})
        assert PLAUSIBLE.run_seconds(more) > PLAUSIBLE.run_seconds(CONFIG)

    def test_count_a_batch_for_no_more_images_than_there_are(self) -> None:
        whole, more = (dataclasses.replace(CONFIG, batch_size=size) for size in (1_000, 4_000))
        assert PLAUSIBLE.run_seconds(more) == PLAUSIBLE.run_seconds(whole)

    @pytest.mark.parametrize("name", sorted(OPTIMIZERS.keys() - {"sgd"}))
    def test_are_more_with_any_optimizer_than_with_sgd(self, name: str) -> None:
        other = dataclasses.replace(CONFIG, optimizer=name)
        assert PLAUSIBLE.run_seconds(other) > PLAUSIBLE.run_seconds(CONFIG)
