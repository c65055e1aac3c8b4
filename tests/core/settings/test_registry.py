"""What holds for every choice there is: activation, optimizer, distortion and the others."""

import dataclasses
import inspect
import itertools
import math
from collections.abc import Callable, Mapping
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional
from torch.optim.lr_scheduler import CosineAnnealingLR, LRScheduler, OneCycleLR

from mnistlab.core.data.mnist import Digits, scale
from mnistlab.core.network.model import MLP
from mnistlab.core.settings.activations import ACTIVATIONS
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.distortions import DISTORTIONS
from mnistlab.core.settings.fields import SETTINGS
from mnistlab.core.settings.registry import INITIALISATIONS, OPTIMIZERS, SCHEDULES
from mnistlab.core.training.optimizers import make_optimizer
from tests.core.trainer import Trainer
from tests.factories import not_none, plain_config
from tests.queries import read_query

REGISTRIES: dict[str, Mapping[str, Any]] = {
    "activation": ACTIVATIONS,
    "optimizer": OPTIMIZERS,
    "initialisation": INITIALISATIONS,
    "schedule": SCHEDULES,
    "distortions": DISTORTIONS,
}
SMALL = plain_config(
    units=(32,),
    optimizer="adamw",
    learning_rate=0.005,
    momentum=0.9,
    batch_size=32,
    training_images=2_000,
    validation_images=0,
)
every_choice = pytest.mark.parametrize(
    ("setting", "name"),
    [(setting, name) for setting, registry in REGISTRIES.items() for name in registry],
)


@every_choice
class TestEveryChoice:
    @pytest.fixture
    def config(self, setting: str, name: str) -> RunConfig:
        changes: dict[str, Any] = {setting: name}
        return dataclasses.replace(SMALL, **changes)

    def test_travels_as_json_and_in_a_url(self, setting: str, name: str) -> None:
        changes: dict[str, Any] = {setting: name}
        config = RunConfig(**changes)
        assert RunConfig.from_json(config.to_json()) == config
        assert read_query({setting: name}) == config
        assert RunConfig.nearest({setting: f" {name.upper()} "}) == (config, ())

    def test_is_offered_and_described(self, setting: str, name: str) -> None:
        assert SETTINGS[setting].check(name)
        assert REGISTRIES[setting][name].label
        assert REGISTRIES[setting][name].hint.endswith(".")

    def test_builds_a_network_with_finite_gradients_everywhere(
        self, config: RunConfig, test_digits: Digits
    ) -> None:
        model = MLP(config)
        logits = model(scale(test_digits.pixels[:40]))
        assert logits.shape == (40, 10)
        functional.cross_entropy(logits, test_digits.labels[:40]).backward()
        gradients = [not_none(parameter.grad) for parameter in model.parameters()]
        assert all(gradient.isfinite().all() for gradient in gradients)
        assert any(gradient.any() for gradient in gradients)

    def test_trains_with_finite_losses(self, config: RunConfig, trainer: Trainer) -> None:
        history = trainer.train(dataclasses.replace(config, training_images=100)).history
        assert history.epochs_done == 2
        assert all(math.isfinite(point.train_loss) for point in history.steps)


@pytest.mark.parametrize("registry", REGISTRIES.values(), ids=REGISTRIES)
def test_no_two_choices_have_the_same_label(registry: Mapping[str, Any]) -> None:
    assert len({choice.label for choice in registry.values()}) == len(registry)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_activation_works_on_each_number_alone(name: str) -> None:
    activation = getattr(nn, ACTIVATIONS[name].module)()
    numbers = torch.linspace(-3, 3, 60).reshape(6, 10)
    together = activation(numbers)
    assert together.shape == numbers.shape
    one_by_one = torch.stack([activation(number) for number in numbers.flatten()])
    assert together.flatten().tolist() == pytest.approx(one_by_one.tolist(), abs=1e-6)


@pytest.mark.parametrize("name", OPTIMIZERS)
class TestEveryOptimizer:
    def test_lowers_the_loss_on_real_digits(self, name: str, trainer: Trainer) -> None:
        first, *_, last = trainer.train(dataclasses.replace(SMALL, optimizer=name)).history.steps
        assert last.train_loss < first.train_loss - 0.1

    def test_says_truly_what_torch_s_own_takes(self, name: str) -> None:
        spec = OPTIMIZERS[name]
        parameters = inspect.signature(getattr(torch.optim, spec.module)).parameters
        assert spec.takes_momentum == ("momentum" in parameters)
        assert spec.has_fused == ("fused" in parameters)
        assert (spec.operations == 0) == spec.is_plain

    def test_is_torch_s_own_with_the_config_s_numbers(self, name: str) -> None:
        config = dataclasses.replace(
            SMALL, optimizer=name, learning_rate=0.25, momentum=0.75, weight_decay=0.125
        )
        optimizer = make_optimizer(config, MLP(config))
        spec, groups = OPTIMIZERS[name], optimizer.param_groups
        assert spec.newton_schulz_steps or type(optimizer) is getattr(torch.optim, spec.module)
        assert all((each["lr"], each["weight_decay"]) == (0.25, 0.125) for each in groups)
        assert groups[-1].get("momentum", 0.75) == 0.75
        assert bool(groups[-1].get("fused")) is spec.has_fused
        assert sum(len(each["params"]) for each in groups) == 6


@pytest.mark.parametrize("name", SCHEDULES)
def test_every_schedule_stays_between_nothing_and_the_set_rate(name: str) -> None:
    factors = [SCHEDULES[name].factor(step / 100) for step in range(101)]
    assert all(0 <= factor <= 1 for factor in factors)
    assert max(factors) == pytest.approx(1, abs=1e-3)


STEPS = 101


def rates(scheduler: Callable[[torch.optim.Optimizer], LRScheduler]) -> list[float]:
    """Return the learning rates that one of torch's schedulers gives to `STEPS` steps."""
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=1.0)
    schedule = scheduler(optimizer)
    learning_rates = []
    for _ in range(STEPS):
        learning_rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if len(learning_rates) < STEPS:
            schedule.step()
    return learning_rates


def factors(name: str) -> list[float]:
    return [SCHEDULES[name].factor(step / (STEPS - 1)) for step in range(STEPS)]


class TestSchedules:
    def test_constant_stays(self) -> None:
        assert factors("constant") == [1.0] * STEPS

    def test_cosine_is_torch_s(self) -> None:
        expected = rates(lambda optimizer: CosineAnnealingLR(optimizer, T_max=STEPS - 1))
        assert factors("cosine") == pytest.approx(expected, abs=1e-9)

    def test_cosine_is_half_way_down_in_the_middle(self) -> None:
        cosine = SCHEDULES["cosine"].factor
        assert (cosine(0), cosine(1)) == (1, 0)
        assert cosine(1 / 3) == pytest.approx(0.75)
        assert cosine(1 / 2) == pytest.approx(0.5)

    def test_one_cycle_is_torch_s(self) -> None:
        # Torch warms up until step `pct_start * total_steps - 1`, counted from 0.
        expected = rates(
            lambda optimizer: OneCycleLR(
                optimizer,
                max_lr=1.0,
                total_steps=STEPS,
                pct_start=(0.3 * (STEPS - 1) + 1) / STEPS,
                cycle_momentum=False,
            )
        )
        assert factors("one_cycle") == pytest.approx(expected, abs=1e-9)

    def test_one_cycle_begins_at_a_25th_and_ends_at_a_10_000th_of_that(self) -> None:
        one_cycle = SCHEDULES["one_cycle"].factor
        assert one_cycle(0) == pytest.approx(1 / 25)
        assert one_cycle(0.15) == pytest.approx((1 + 1 / 25) / 2)
        assert one_cycle(0.3) == pytest.approx(1)
        assert one_cycle(1) == pytest.approx(1 / 250_000)

    def test_a_range_test_begins_at_a_ten_millionth_and_ends_at_the_set_rate(self) -> None:
        range_test = SCHEDULES["range_test"].factor
        assert range_test(0) == pytest.approx(1e-7)
        assert range_test(1 / 7) == pytest.approx(1e-6)
        assert range_test(1) == 1

    def test_a_range_test_rises_by_the_same_ratio_at_each_step(self) -> None:
        rises = [after / before for before, after in itertools.pairwise(factors("range_test"))]
        assert rises == pytest.approx([10 ** (7 / (STEPS - 1))] * (STEPS - 1))
