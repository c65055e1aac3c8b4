"""Looks into a network, against numbers worked out by hand and by plain torch."""

import dataclasses
import math
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from mnistlab.core.data.mnist import Digits, scale
from mnistlab.core.network.model import MLP
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.events import LayerState, Probe
from mnistlab.core.training.probe import Prober, compose, count_copies, slope, steepest
from tests.core.trainer import Trainer
from tests.factories import not_none, plain_config

SMALL = plain_config(training_images=1_000, validation_images=0, seed=RunConfig.seed)


@pytest.fixture
def digits(test_digits: Digits) -> Digits:
    return test_digits.pick(torch.arange(1_000))


def small(**changes: Any) -> RunConfig:
    return dataclasses.replace(SMALL, **changes)


def network(config: RunConfig) -> MLP:
    torch.manual_seed(0)
    return MLP(config)


def layers_of(model: MLP) -> list[nn.Linear]:
    return [layer for layer in model.layers if isinstance(layer, nn.Linear)]


def take_step(model: MLP, digits: Digits, rate: float) -> list[Tensor]:
    """Take a plain step down the gradient of 100 images; return the gradients."""
    loss = functional.cross_entropy(model(scale(digits.pixels[:100])), digits.labels[:100])
    loss.backward()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.sub_(rate * not_none(parameter.grad))
    return [not_none(layer.weight.grad) for layer in layers_of(model)]


def look(config: RunConfig, model: MLP, digits: Digits) -> Probe:
    """Look at a network as it is: after a step that changes nothing."""
    prober = Prober(config, model, digits)
    take_step(model, digits, rate=0.0)
    return prober.look(1, prober.copy_weights())


class TestMovements:
    def test_are_the_gradient_and_the_change_of_each_layer(self, digits: Digits) -> None:
        model = network(SMALL)
        prober = Prober(SMALL, model, digits)
        before = prober.copy_weights()
        gradients = take_step(model, digits, rate=0.1)
        probe = prober.look(1, before)
        for layer, weight, gradient in zip(probe.layers, before, gradients, strict=True):
            norm = math.sqrt((gradient**2).sum())
            assert layer.gradient == pytest.approx(norm, rel=1e-3)
            assert layer.update == pytest.approx(0.1 * norm / weight.norm().item(), rel=1e-3)
            assert layer.distance == layer.update

    def test_add_up_to_the_distance_from_the_start(self, digits: Digits) -> None:
        model = network(SMALL)
        prober = Prober(SMALL, model, digits)
        start = prober.copy_weights()
        for _ in range(3):
            before = prober.copy_weights()
            take_step(model, digits, rate=0.1)
        probe = prober.look(3, before)
        for layer, first, now in zip(probe.layers, start, prober.copy_weights(), strict=True):
            moved = (now - first).norm().item() / first.norm().item()
            assert layer.distance == pytest.approx(moved, rel=1e-3)
            assert not_none(layer.distance) > not_none(layer.update) > 0

    def test_of_weights_that_were_zero_are_no_share_of_them(self, digits: Digits) -> None:
        config = small(initialisation="zeros")
        probe = look(config, network(config), digits)
        assert {layer.update for layer in probe.layers} == {None}
        assert {layer.distance for layer in probe.layers} == {None}


class TestUnits:
    def test_that_never_answer_are_dead(self, digits: Digits) -> None:
        model = network(SMALL)
        with torch.no_grad():
            layers_of(model)[0].bias[:8] = -1_000
        first, second, last = look(SMALL, model, digits).layers
        assert first.dead == 8 / 32
        assert not_none(second.dead) < 0.5
        assert (last.dead, last.flat, last.copies) == (None, None, None)

    def test_of_relu_are_flat_where_they_are_silent(self, digits: Digits) -> None:
        model = network(SMALL)
        probe = look(SMALL, model, digits)
        sums = layers_of(model)[0](scale(digits.pixels[:256]))
        assert probe.layers[0].flat == pytest.approx((sums <= 0).float().mean().item(), rel=1e-3)

    def test_of_sigmoid_are_flat_beyond_four_and_a_half(self, digits: Digits) -> None:
        config = small(activation="sigmoid")
        model = network(config)
        with torch.no_grad():
            layers_of(model)[0].weight *= 20
        probe = look(config, model, digits)
        sums = layers_of(model)[0](scale(digits.pixels[:256]))
        # σ'(x) = 1/80, a twentieth of the steepest, 1/4: at σ = (1 ± √0.95) / 2.
        bound = math.log((1 + math.sqrt(0.95)) / (1 - math.sqrt(0.95)))
        share = (sums.abs() > bound).float().mean().item()
        assert 0.1 < share < 0.9
        assert probe.layers[0].flat == pytest.approx(share, abs=1e-3)

    @pytest.mark.parametrize("activation", ["sigmoid", "relu"])
    def test_that_begin_as_zeros_are_copies_of_each_other(
        self, activation: str, trainer: Trainer
    ) -> None:
        config = small(initialisation="zeros", activation=activation)
        history = trainer.train(config).history
        assert [layer.copies for layer in history.probes[-1].layers[:-1]] == [1.0, 1.0]


class TestCopies:
    def test_are_none_among_random_units(self) -> None:
        torch.manual_seed(0)
        assert count_copies(nn.Linear(784, 2_048), nn.Linear(2_048, 10)) == 0

    def test_have_the_same_weights_on_both_sides(self) -> None:
        torch.manual_seed(0)
        before, after = nn.Linear(20, 8), nn.Linear(8, 5)
        with torch.no_grad():
            before.weight[3], before.bias[3] = before.weight[6], before.bias[6]
            assert count_copies(before, after) == 0
            after.weight[:, 3] = after.weight[:, 6]
            assert count_copies(before, after) == 2
            before.bias[3] += 0.1
            assert count_copies(before, after) == 0


class TestSlopes:
    @pytest.mark.parametrize(
        ("activation", "greatest"),
        [
            (nn.ReLU(), 1.0),
            (nn.Sigmoid(), 0.25),
            (nn.Tanh(), 1.0),
            # GELU's slope Φ(x) + xφ(x) is greatest at √2: Φ(√2) + √2 φ(√2).
            (nn.GELU(), 1.12890),
        ],
    )
    def test_are_steepest_where_theory_says(self, activation: nn.Module, greatest: float) -> None:
        assert steepest(activation) == pytest.approx(greatest, abs=1e-4)

    def test_are_those_of_the_formula(self) -> None:
        sums = torch.tensor([[-2.0, 0.5], [1.0, 3.0]])
        squeezed = 1 / (1 + (-sums).exp())
        assert slope(nn.Sigmoid(), sums).allclose(squeezed * (1 - squeezed))


class TestWithoutActivation:
    def test_three_layers_are_one_linear_map(self) -> None:
        # 2 · (3 · (5x + 1) + 1) + 1 = 30x + 9
        layers = [nn.Linear(1, 1) for _ in range(3)]
        with torch.no_grad():
            for layer, factor in zip(layers, (5.0, 3.0, 2.0), strict=True):
                layer.weight.fill_(factor)
                layer.bias.fill_(1.0)
        weight, bias = compose(layers)
        assert (weight.item(), bias.item()) == (30, 9)

    def test_the_network_is_that_map_but_for_rounding(self, digits: Digits) -> None:
        config = small(activation="none", dropout=0.5)
        gap = not_none(look(config, network(config), digits).linear_gap)
        assert gap < 1e-5

    def test_other_networks_are_not_asked(self, digits: Digits) -> None:
        assert look(SMALL, network(SMALL), digits).linear_gap is None


class TestARun:
    def test_is_looked_into_after_its_first_step_and_at_ends_of_epochs(
        self, trainer: Trainer
    ) -> None:
        config = small(training_images=20_000, batch_size=50, epochs=2)
        probes = trainer.train(config).history.probes
        steps = [probe.step for probe in probes]
        assert steps[0] == 1
        assert {400, 800} <= set(steps)
        assert len(steps) == len(set(steps)) <= 1 + 2 * 4
        assert [probe.epoch for probe in probes] == [step / 400 for step in steps]

    def test_without_hidden_layers_has_only_the_last_one(self, trainer: Trainer) -> None:
        config = small(hidden_layers=0)
        probe = trainer.train(config).history.probes[-1]
        (layer,) = probe.layers
        assert layer == LayerState(layer.gradient, layer.update, layer.distance)
        assert not_none(layer.distance) > 0
