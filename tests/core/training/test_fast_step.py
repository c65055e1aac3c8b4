"""The fast step, against autograd to the last bit, and against differences of the loss."""

import dataclasses
import itertools

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from mnistlab.core.data.mnist import Digits, scale
from mnistlab.core.network.model import MLP
from mnistlab.core.settings.activations import ACTIVATIONS
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.registry import OPTIMIZERS
from mnistlab.core.training.backward_pass import BackwardPass
from mnistlab.core.training.fast_step import GradientStep, make_fast_step
from mnistlab.core.training.optimizers import make_optimizer
from mnistlab.core.training.step import AutogradStep, Step
from tests.factories import not_none, plain_config

SMALL = plain_config(units=(24, 16), learning_rate=0.05, weight_decay=0.1)
BATCHES = [1, 16, 37, 88, 128]
every_activation = pytest.mark.parametrize("activation", ACTIVATIONS)
every_optimizer = pytest.mark.parametrize(
    ("optimizer", "momentum"), list(itertools.product(OPTIMIZERS, (0.0, 0.9)))
)
with_and_without_dropout = pytest.mark.parametrize("dropout", [0.0, 0.4])


def make_model(config: RunConfig) -> MLP:
    return MLP(config, torch.Generator().manual_seed(7))


def make_reference(model: MLP, config: RunConfig) -> Step:
    return AutogradStep(model, make_optimizer(config, model))


def make_fast(model: MLP, config: RunConfig) -> Step:
    return make_fast_step(config, model, make_optimizer(config, model))


def batch_of(digits: Digits, size: int, first: int = 0) -> tuple[Tensor, Tensor]:
    part = slice(first, first + size)
    return scale(digits.pixels[part]), digits.labels[part]


def gradients(config: RunConfig, model: MLP, images: Tensor, labels: Tensor) -> list[Tensor]:
    """Return the gradients of weights and biases, in the order of the model's parameters."""
    found: list[Tensor] = []

    def note(number: int, errors: Tensor, inputs: Tensor) -> None:
        found[:0] = [errors.T @ inputs, errors.sum(dim=0)]

    BackwardPass(config, model).run(images, labels, note)
    return found


def loss_of(model: MLP, images: Tensor, labels: Tensor) -> Tensor:
    return functional.cross_entropy(model(images), labels)


@every_activation
@with_and_without_dropout
@every_optimizer
class TestAgainstAutograd:
    @pytest.fixture
    def config(self, activation: str, dropout: float, optimizer: str, momentum: float) -> RunConfig:
        return dataclasses.replace(
            SMALL, activation=activation, dropout=dropout, optimizer=optimizer, momentum=momentum
        )

    def test_a_step_with_gradients_is_the_same_to_the_last_bit(
        self, config: RunConfig, test_digits: Digits
    ) -> None:
        ours, reference = make_model(config), make_model(config)
        fast = GradientStep(config, ours, make_optimizer(config, ours))
        slow = make_reference(reference, config)
        for size in BATCHES:
            batch = batch_of(test_digits, size, first=10 * size)
            assert torch.equal(fast(*batch), slow(*batch))
        for one, other in zip(ours.parameters(), reference.parameters(), strict=True):
            assert torch.equal(one, other)
            assert torch.equal(not_none(one.grad), not_none(other.grad))

    def test_the_step_that_is_chosen_is_the_same_but_for_rounding(
        self, config: RunConfig, test_digits: Digits
    ) -> None:
        ours, reference = make_model(config), make_model(config)
        fast, slow = make_fast(ours, config), make_reference(reference, config)
        for size in BATCHES:
            batch = batch_of(test_digits, size, first=10 * size)
            assert torch.allclose(fast(*batch), slow(*batch), rtol=1e-5, atol=1e-6)
        for one, other in zip(ours.parameters(), reference.parameters(), strict=True):
            assert torch.allclose(one, other, rtol=1e-5, atol=1e-7)


@every_activation
@with_and_without_dropout
@pytest.mark.parametrize("hidden_layers", [0, 1, 3])
@pytest.mark.parametrize("kind", [torch.float32, torch.float64])
def test_gradients_are_those_of_the_mean_cross_entropy_but_for_rounding(
    activation: str, dropout: float, hidden_layers: int, kind: torch.dtype, test_digits: Digits
) -> None:
    config = RunConfig(
        activation=activation, hidden_layers=hidden_layers, units=(40,), dropout=dropout
    )
    for size in BATCHES:
        ours, reference = make_model(config).to(kind), make_model(config).to(kind)
        images, labels = batch_of(test_digits, size)
        images = images.to(kind)
        loss = loss_of(reference, images, labels)
        expected = torch.autograd.grad(loss, list(reference.parameters()))
        for found, gradient in zip(gradients(config, ours, images, labels), expected, strict=True):
            roundings = 8 * torch.finfo(kind).eps * gradient.abs().max()
            assert (found - gradient).abs().max() <= roundings


@every_activation
def test_gradients_are_the_slopes_of_the_loss(activation: str) -> None:
    config = dataclasses.replace(SMALL, activation=activation)
    model = make_model(config).double()
    dice = torch.Generator().manual_seed(1)
    images = torch.rand(5, 784, dtype=torch.float64, generator=dice)
    labels = torch.tensor([3, 1, 4, 1, 5])
    ours = gradients(config, model, images, labels)
    for parameter, gradient in zip(model.parameters(), ours, strict=True):
        direction = torch.randn(parameter.shape, dtype=torch.float64, generator=dice)
        slope = float((gradient * direction).sum())
        assert slope == pytest.approx(_rise(model, parameter, direction, images, labels), rel=1e-5)


@torch.no_grad()
def _rise(
    model: MLP, parameter: Tensor, direction: Tensor, images: Tensor, labels: Tensor
) -> float:
    """Return how fast the loss rises along `direction`, by a difference."""
    losses = []
    for step in (1e-6, -2e-6):
        parameter += step * direction
        losses.append(loss_of(model, images, labels).item())
    parameter += 1e-6 * direction
    return (losses[0] - losses[1]) / 2e-6


def test_errors_of_one_layer_are_probabilities_less_what_they_should_be() -> None:
    config = RunConfig(hidden_layers=0, initialisation="zeros")
    seen: list[Tensor] = []
    images, labels = torch.rand(2, 784), torch.tensor([0, 9])
    backward_pass = BackwardPass(config, make_model(config))
    outcome = backward_pass.run(images, labels, lambda number, e, inputs: seen.append(e))
    # All ten digits are as likely, so each probability is 0.1, and each image counts for half.
    expected = torch.full((2, 10), 0.05)
    expected[0, 0] = expected[1, 9] = -0.45
    assert torch.allclose(seen[0], expected)
    assert torch.allclose(outcome, torch.full((10, 2), 0.1).log())


def test_layers_are_handed_over_from_the_last_to_the_first_and_may_change_at_once(
    test_digits: Digits,
) -> None:
    model = make_model(SMALL)
    images, labels = batch_of(test_digits, 16)
    expected = torch.autograd.grad(loss_of(model, images, labels), list(model.parameters()))
    layers = model.parameters_by_layer()
    handed: list[int] = []
    found: list[Tensor] = []

    def spoil(number: int, errors: Tensor, inputs: Tensor) -> None:
        handed.append(number)
        found[:0] = [errors.T @ inputs, errors.sum(dim=0)]
        layers[number].weight.zero_()

    BackwardPass(SMALL, model).run(images, labels, spoil)
    assert handed == [2, 1, 0]
    assert all(map(torch.equal, found, expected))


@every_optimizer
def test_only_plain_sgd_needs_no_gradient(
    optimizer: str, momentum: float, test_digits: Digits
) -> None:
    config = dataclasses.replace(SMALL, optimizer=optimizer, momentum=momentum)
    model = make_model(config)
    make_fast(model, config)(*batch_of(test_digits, 50))
    is_plain = optimizer == "sgd" and not momentum
    assert all((parameter.grad is None) == is_plain for parameter in model.parameters())
    assert all(parameter.requires_grad for parameter in model.parameters())


@every_optimizer
def test_it_may_take_turns_with_autograd(
    optimizer: str, momentum: float, test_digits: Digits
) -> None:
    config = dataclasses.replace(SMALL, optimizer=optimizer, momentum=momentum)
    mixed, reference = make_model(config), make_model(config)
    shared = make_optimizer(config, mixed)
    steps = [make_fast_step(config, mixed, shared), AutogradStep(mixed, shared)]
    slow = make_reference(reference, config)
    for number in range(6):
        batch = batch_of(test_digits, 50, first=50 * number)
        steps[number % 2](*batch)
        slow(*batch)
    for one, other in zip(mixed.parameters(), reference.parameters(), strict=True):
        assert torch.allclose(one, other, rtol=1e-5, atol=1e-7)
