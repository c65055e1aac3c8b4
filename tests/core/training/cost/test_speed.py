"""How long a run will take: what it grows with, never how long that is."""

import dataclasses
from typing import Any

import pytest

from mnistlab.core.settings.registry import OPTIMIZERS
from mnistlab.core.training.cost.speed import Speed, count_orthogonalization
from tests.factories import plain_config

CONFIG = plain_config(units=(64,), epochs=4, training_images=1_000, validation_images=600)
PLAUSIBLE = Speed(
    step=2e-5, layer=2e-5, operation=3e-5, image=2e-6, mask=1e-8, parameter=8e-10, product=2e-11
)
MORE_WORK: dict[str, Any] = {
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
            (Speed(step=1.0), 40),
            (Speed(layer=1.0), 40 * 3),
            # A validation goes through the network once, a step thrice.
            (Speed(image=1.0), 40 * 100 + 4 * 600 / 3),
            (Speed(parameter=1.0), 40 * 55_050),
            (Speed(product=1.0), 40 * 100 * 55_050 + 4 * 600 * 55_050 / 3),
        ],
    )
    def test_are_the_work_times_its_cost(self, speed: Speed, seconds: float) -> None:
        assert speed.run_seconds(CONFIG) == pytest.approx(seconds)

    def test_count_each_hidden_unit_of_each_image_where_dropout_draws(self) -> None:
        costs = Speed(mask=1.0)
        assert costs.run_seconds(dataclasses.replace(CONFIG, dropout=0.0)) == 0
        assert costs.run_seconds(dataclasses.replace(CONFIG, dropout=0.3)) == 40 * 100 * 128

    def test_count_operations_on_each_layer_where_an_update_is_more_than_a_subtraction(
        self,
    ) -> None:
        costs = Speed(operation=1.0)
        adam = dataclasses.replace(CONFIG, optimizer="adam")
        momentum = dataclasses.replace(CONFIG, momentum=0.9)
        assert costs.run_seconds(CONFIG) == 0
        assert costs.run_seconds(momentum) == 40 * 3
        assert costs.run_seconds(adam) == 40 * 3 * 2

    def test_count_the_products_that_orthogonalize_the_steps_of_hidden_weights(self) -> None:
        costs = Speed(product=1.0)
        muon = dataclasses.replace(CONFIG, optimizer="muon")
        # XXᵀ of 64×784 and of 64×64; its square; that times X: five times each.
        first = 64 * 784 * 64 + 64**3 + 64 * 64 * 784
        assert count_orthogonalization(muon) == 5 * (first + 3 * 64**3)
        further = (costs.run_seconds(muon) - costs.run_seconds(CONFIG)) / 40  # of a step
        assert count_orthogonalization(muon) / 3 < further < count_orthogonalization(muon) / 2
        plain, other = (dataclasses.replace(each, hidden_layers=0) for each in (CONFIG, muon))
        assert costs.run_seconds(plain) == costs.run_seconds(other)

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
