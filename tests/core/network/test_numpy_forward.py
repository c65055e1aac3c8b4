"""Predictions in numpy are those of torch, for every network that a run can have."""

import dataclasses
from collections.abc import Mapping

import numpy as np
import pytest
import torch
from torch import Tensor

from mnistlab.core.arrays import Probabilities
from mnistlab.core.data.mnist import Digits
from mnistlab.core.network.model import MLP, copy_weights, pack, restore
from mnistlab.core.network.numpy_forward import Network, predict, predict_views, read_network
from mnistlab.core.settings.activations import ACTIVATIONS
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.evaluate import predict as predict_with_torch

SMALL = RunConfig(hidden_layers=1, units=(20,), dropout=0.5)


def random_weights(config: RunConfig, size: float = 1.0) -> dict[str, Tensor]:
    """Draw weights and biases, `size` times as large as a new network's weights."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        weights = copy_weights(MLP(config))
    return {name: tensor * size for name, tensor in weights.items()}


def both(
    config: RunConfig, weights: Mapping[str, Tensor], pixels: Tensor
) -> tuple[Probabilities, Probabilities]:
    """Return what numpy and what torch make of the same images with the same weights."""
    ours = predict(read_network(config, pack(weights)), pixels.numpy())
    return ours, predict_with_torch(restore(config, weights), pixels)


class TestProbabilities:
    @pytest.mark.parametrize("activation", ACTIVATIONS)
    @pytest.mark.parametrize("units", [(), (300,), (130, 7, 65)], ids=lambda units: f"{len(units)}")
    def test_are_torch_s(
        self, test_digits: Digits, activation: str, units: tuple[int, ...]
    ) -> None:
        config = RunConfig(
            hidden_layers=len(units), units=units or (512,), activation=activation, dropout=0.5
        )
        ours, torchs = both(config, random_weights(config, 5.0), test_digits.pixels[:200])
        assert (ours.shape, ours.dtype) == ((200, 10), np.float32)
        assert ours == pytest.approx(torchs, abs=1e-5)
        assert np.ptp(torchs, axis=0).max() > 0.01  # they do depend on the image

    @pytest.mark.parametrize("units", [(1,), (2048,)])
    def test_are_torch_s_for_the_narrowest_and_the_widest(
        self, test_digits: Digits, units: tuple[int, ...]
    ) -> None:
        config = dataclasses.replace(SMALL, hidden_layers=2, units=units)
        ours, torchs = both(config, random_weights(config), test_digits.pixels[:10])
        assert ours == pytest.approx(torchs, abs=1e-5)

    def test_are_torch_s_for_as_many_layers_as_there_may_be(self, test_digits: Digits) -> None:
        config = dataclasses.replace(SMALL, hidden_layers=8, units=(9, 8, 7, 6, 5, 4, 3, 2))
        ours, torchs = both(config, random_weights(config, 3.0), test_digits.pixels[:200])
        assert ours == pytest.approx(torchs, abs=1e-5)
        assert np.ptp(torchs, axis=0).max() > 0.01

    def test_of_one_image_or_none_are_like_those_of_many(self, test_digits: Digits) -> None:
        network = read_network(SMALL, pack(random_weights(SMALL)))
        pixels = test_digits.pixels.numpy()[:50]
        assert predict(network, pixels[:1]) == pytest.approx(predict(network, pixels)[:1], abs=1e-6)
        assert predict(network, pixels[:0]).shape == (0, 10)

    @pytest.mark.parametrize("activation", ACTIVATIONS)
    @pytest.mark.parametrize("size", [1e4, 1e17])
    def test_are_still_shares_when_sums_are_huge(
        self, test_digits: Digits, activation: str, size: float
    ) -> None:
        config = dataclasses.replace(SMALL, activation=activation)
        ours, torchs = both(config, random_weights(config, size), test_digits.pixels[:200])
        assert np.isfinite(ours).all()
        assert ours.sum(axis=1) == pytest.approx(np.ones(200))
        # Sums of tens of thousands have few digits left behind the point.
        assert ours == pytest.approx(torchs, abs=0.01)

    def test_of_logits_at_both_ends_of_float32_are_certain(self, test_digits: Digits) -> None:
        config = dataclasses.replace(SMALL, hidden_layers=0)
        weights = {
            "layers.0.weight": torch.zeros(10, 784),
            "layers.0.bias": torch.full((10,), -3e38),
        }
        weights["layers.0.bias"][4] = 3e38
        ours, _ = both(config, weights, test_digits.pixels[:1])
        assert ours.tolist() == [[0, 0, 0, 0, 1, 0, 0, 0, 0, 0]]


def test_a_network_says_how_much_memory_it_takes() -> None:
    network = read_network(SMALL, pack(random_weights(SMALL)))
    assert isinstance(network, Network)
    assert network.size == SMALL.parameter_count * 4


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_activation_is_the_same_in_numpy_as_in_torch(name: str) -> None:
    numbers = torch.cat([torch.linspace(-9, 9, 1_801), torch.tensor([-1e38, -200, 200, 1e38])])
    expected = getattr(torch.nn, ACTIVATIONS[name].module)()(numbers)
    found = ACTIVATIONS[name].function(numbers.numpy())
    assert found.dtype == np.float32
    assert found == pytest.approx(expected.numpy(), rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_activation_s_derivative_is_torch_s_own(name: str) -> None:
    numbers = torch.cat([torch.linspace(-9, 9, 1_801), torch.tensor([-1e38, -200, 0, 200, 1e38])])
    numbers.requires_grad_()
    getattr(torch.nn, ACTIVATIONS[name].module)()(numbers).sum().backward()
    assert numbers.grad is not None
    found = ACTIVATIONS[name].derivative(numbers.detach().numpy())
    assert found.dtype == np.float32
    # Torch's own GELU has no number this far from 0: nothing times infinity.
    is_known = numbers.grad.isfinite().numpy()
    assert is_known.sum() >= len(numbers) - 2
    assert found[is_known] == pytest.approx(numbers.grad.numpy()[is_known], rel=1e-5, abs=1e-5)
    assert np.isfinite(found).all()


def test_a_drawing_s_probabilities_are_the_mean_over_its_views(test_digits: Digits) -> None:
    network = read_network(SMALL, pack(random_weights(SMALL, 5.0)))
    pixels = test_digits.pixels[:6].numpy()
    each = predict(network, pixels)
    means = predict_views(network, pixels.reshape(2, 3, 28, 28))
    assert means == pytest.approx(np.stack([each[:3].mean(axis=0), each[3:].mean(axis=0)]))
    assert predict_views(network, pixels[:1].reshape(1, 28, 28)) == pytest.approx(each[0])
