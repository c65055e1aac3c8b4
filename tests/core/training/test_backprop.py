"""The backward pass, against torch's autograd and against differences."""

import dataclasses

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from mnistlab.core.data.mnist import Digits, scale
from mnistlab.core.network.model import MLP
from mnistlab.core.settings.activations import ACTIVATIONS
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.backprop import Backprop

SMALL = RunConfig(hidden_layers=2, units=(24, 16), dropout=0.0)
every_activation = pytest.mark.parametrize("activation", ACTIVATIONS)

pytestmark = pytest.mark.usefixtures("one_thread")


def build(config: RunConfig) -> MLP:
    torch.manual_seed(config.seed)
    return MLP(config)


def gradients(config: RunConfig, model: MLP, images: Tensor, labels: Tensor) -> list[Tensor]:
    """Return the gradients of weights and biases, in the order of the model's parameters."""
    found: list[Tensor] = []

    def note(number: int, errors: Tensor, inputs: Tensor) -> None:
        found[:0] = [errors.T @ inputs, errors.sum(dim=0)]

    Backprop(config, model).run(images, labels, note)
    return found


def autograd(model: MLP, images: Tensor, labels: Tensor) -> list[Tensor]:
    loss = functional.cross_entropy(model(images), labels)
    return list(torch.autograd.grad(loss, list(model.parameters())))


@every_activation
@pytest.mark.parametrize("hidden_layers", [0, 1, 3])
@pytest.mark.parametrize("dropout", [0.0, 0.4])
@pytest.mark.parametrize("batch", [1, 37, 128])
def test_gradients_are_autograd_s_but_for_rounding(
    activation: str, hidden_layers: int, dropout: float, batch: int, test_digits: Digits
) -> None:
    config = RunConfig(
        activation=activation, hidden_layers=hidden_layers, units=(40,), dropout=dropout
    )
    images, labels = scale(test_digits.pixels[:batch]), test_digits.labels[:batch]
    for kind in (torch.float32, torch.float64):
        model, shown = build(config).to(kind), images.to(kind)
        torch.manual_seed(5)
        ours = gradients(config, model, shown, labels)
        torch.manual_seed(5)  # the same units are dropped
        for found, expected in zip(ours, autograd(model, shown, labels), strict=True):
            roundings = 8 * torch.finfo(kind).eps * expected.abs().max()
            assert (found - expected).abs().max() <= roundings


@every_activation
@pytest.mark.parametrize("batch", [16, 64, 112])
def test_where_images_fill_the_processor_s_vectors_they_are_the_same_to_the_last_bit(
    activation: str, batch: int, test_digits: Digits
) -> None:
    model = build(config := dataclasses.replace(SMALL, activation=activation))
    images, labels = scale(test_digits.pixels[:batch]), test_digits.labels[:batch]
    ours = gradients(config, model, images, labels)
    assert all(map(torch.equal, ours, autograd(model, images, labels)))


@every_activation
def test_gradients_are_the_slopes_of_the_loss(activation: str) -> None:
    config = dataclasses.replace(SMALL, activation=activation)
    model = build(config).double()
    images = torch.rand(5, 784, dtype=torch.float64)
    labels = torch.tensor([3, 1, 4, 1, 5])
    ours = gradients(config, model, images, labels)
    for parameter, gradient in zip(model.parameters(), ours, strict=True):
        direction = torch.randn_like(parameter)
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
        losses.append(functional.cross_entropy(model(images), labels).item())
    parameter += 1e-6 * direction
    return (losses[0] - losses[1]) / 2e-6


def test_errors_of_one_layer_are_probabilities_less_what_they_should_be() -> None:
    config = RunConfig(hidden_layers=0)
    model = build(config)
    model.load_state_dict({name: torch.zeros_like(t) for name, t in model.state_dict().items()})
    seen: list[Tensor] = []
    images, labels = torch.rand(2, 784), torch.tensor([0, 9])
    outcome = Backprop(config, model).run(images, labels, lambda number, e, inputs: seen.append(e))
    # All ten digits are as likely, so each probability is 0.1, and each image counts for half.
    expected = torch.full((2, 10), 0.05)
    expected[0, 0] = expected[1, 9] = -0.45
    assert torch.allclose(seen[0], expected)
    assert torch.allclose(outcome, torch.full((10, 2), 0.1).log())


def test_layers_are_handed_over_from_the_last_to_the_first_and_may_change_at_once() -> None:
    model = build(SMALL)
    images, labels = torch.rand(16, 784), torch.arange(16) % 10
    expected = autograd(model, images, labels)
    layers = model.parameters_by_layer()
    handed: list[int] = []
    found: list[Tensor] = []

    def spoil(number: int, errors: Tensor, inputs: Tensor) -> None:
        handed.append(number)
        found[:0] = [errors.T @ inputs, errors.sum(dim=0)]
        layers[number].weight.zero_()

    Backprop(SMALL, model).run(images, labels, spoil)
    assert handed == [2, 1, 0]
    assert all(map(torch.equal, found, expected))


def test_it_leaves_no_graph_and_no_gradient_behind() -> None:
    model = build(SMALL)
    gradients(SMALL, model, torch.rand(8, 784), torch.arange(8))
    assert all(p.grad is None and p.requires_grad for p in model.parameters())
