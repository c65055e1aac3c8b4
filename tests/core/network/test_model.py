"""The network, against arithmetic done by hand in numpy."""

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from mnistlab.core.arrays import Float64Array
from mnistlab.core.data.mnist import Digits, scale
from mnistlab.core.network.model import MLP, copy_weights, pack, restore, unpack
from mnistlab.core.settings.activations import ACTIVATIONS
from mnistlab.core.settings.config import RunConfig

SMALL = RunConfig(hidden_layers=2, units=(20, 15), dropout=0.5)
BY_HAND: dict[str, Callable[[Float64Array], Float64Array]] = {
    "relu": lambda x: np.maximum(x, 0),
    "leaky_relu": lambda x: np.where(x > 0, x, 0.01 * x),
    "tanh": np.tanh,
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "none": lambda x: x,
}

pytestmark = pytest.mark.usefixtures("seeded")


@pytest.fixture
def images(test_digits: Digits) -> Tensor:
    return scale(test_digits.pixels[:50])


def linear_layers(model: MLP) -> list[nn.Linear]:
    return [layer for layer in model.modules() if isinstance(layer, nn.Linear)]


class TestMLP:
    @pytest.mark.parametrize(
        ("layers", "units", "parameters"),
        [(2, (512,), 669_706), (2, (128, 64), 109_386), (0, (512,), 7_850)],
    )
    def test_has_as_many_parameters_as_its_config_says(
        self, layers: int, units: tuple[int, ...], parameters: int
    ) -> None:
        config = RunConfig(hidden_layers=layers, units=units)
        assert sum(p.numel() for p in MLP(config).parameters()) == parameters
        assert config.parameter_count == parameters

    @pytest.mark.parametrize("activation", BY_HAND)
    def test_weighs_adds_and_activates(self, images: Tensor, activation: str) -> None:
        model = MLP(dataclasses.replace(SMALL, activation=activation)).eval()
        first, second, last = [
            (layer.weight.detach().numpy().astype(float), layer.bias.detach().numpy())
            for layer in linear_layers(model)
        ]
        hidden = images.numpy().astype(float)
        for weight, bias in (first, second):
            hidden = BY_HAND[activation](hidden @ weight.T + bias)
        expected = hidden @ last[0].T + last[1]
        assert model(images).detach().numpy() == pytest.approx(expected, abs=1e-5)

    def test_without_activation_is_one_straight_line_rule(self, images: Tensor) -> None:
        straight = MLP(dataclasses.replace(SMALL, activation="none")).eval()
        bent = MLP(SMALL).eval()
        left, right = images[:25], images[25:]
        for model, is_straight in ((straight, True), (bent, False)):
            halfway = (model(left) + model(right)) / 2
            assert torch.allclose(model((left + right) / 2), halfway, atol=1e-5) == is_straight

    def test_drops_units_only_while_it_trains(self, images: Tensor) -> None:
        model = MLP(SMALL)
        assert not torch.equal(model(images), model(images))
        model.eval()
        assert torch.equal(model(images), model(images))

    def test_drops_the_share_that_is_asked_for(self) -> None:
        model = MLP(RunConfig(hidden_layers=1, units=(2048,), dropout=0.3, activation="sigmoid"))
        hidden = model.layers[:-1](torch.rand(100, 784))
        assert (hidden == 0).float().mean().item() == pytest.approx(0.3, abs=0.01)

    def test_without_dropout_trains_on_all_units(self, images: Tensor) -> None:
        model = MLP(dataclasses.replace(SMALL, dropout=0.0))
        assert torch.equal(model(images), model(images))


class TestInitialWeights:
    @pytest.mark.parametrize(
        ("name", "deviation", "within"),
        [
            # Of a normal distribution, 68.3 % lie within one deviation.
            ("he", (2 / 784) ** 0.5, 0.683),
            ("xavier", (2 / (784 + 512)) ** 0.5, 0.683),
            # Evenly spread between ±1/√784, the deviation is 1/√3 of that.
            ("default", (1 / 3 / 784) ** 0.5, 0.577),
        ],
    )
    def test_spread_as_published(self, name: str, deviation: float, within: float) -> None:
        weight = linear_layers(MLP(RunConfig(initialisation=name)))[0].weight
        assert weight.std().item() == pytest.approx(deviation, rel=0.01)
        assert weight.mean().item() == pytest.approx(0, abs=deviation / 100)
        share = (weight.abs() < deviation).float().mean().item()
        assert share == pytest.approx(within, abs=0.005)

    def test_of_zeros_are_zero_and_answer_nothing(self, images: Tensor) -> None:
        model = MLP(dataclasses.replace(SMALL, initialisation="zeros"))
        assert not any(parameter.any() for parameter in model.parameters())
        assert not model(images).any()

    @pytest.mark.parametrize("name", ["he", "xavier"])
    def test_go_with_biases_of_zero(self, name: str) -> None:
        for layer in linear_layers(MLP(dataclasses.replace(SMALL, initialisation=name))):
            assert layer.weight.all()
            assert not layer.bias.any()

    def test_are_torch_s_own_by_default(self) -> None:
        torch.manual_seed(5)
        ours = linear_layers(MLP(SMALL))
        torch.manual_seed(5)
        plain = [nn.Linear(784, 20), nn.Linear(20, 15), nn.Linear(15, 10)]
        for layer, expected in zip(ours, plain, strict=True):
            assert torch.equal(layer.weight, expected.weight)
            assert torch.equal(layer.bias, expected.bias)


class TestWeights:
    def test_that_were_copied_do_not_change_with_training(self, images: Tensor) -> None:
        model = MLP(SMALL)
        copied = copy_weights(model)
        before = {name: tensor.clone() for name, tensor in copied.items()}
        optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
        model(images).square().mean().backward()
        optimizer.step()
        changed = [name for name, now in model.state_dict().items() if not now.equal(before[name])]
        assert changed
        assert all(copied[name].equal(tensor) for name, tensor in before.items())

    def test_survive_packing_bit_for_bit(self) -> None:
        weights = copy_weights(MLP(SMALL))
        content = pack(weights)
        assert isinstance(content, bytes)
        again = unpack(content)
        assert again.keys() == weights.keys()
        assert all(again[name].equal(tensor) for name, tensor in weights.items())

    @pytest.mark.parametrize("activation", ACTIVATIONS)
    def test_restored_predict_as_before_with_dropout_off(
        self, images: Tensor, activation: str
    ) -> None:
        config = dataclasses.replace(SMALL, activation=activation)
        model = MLP(config)
        restored = restore(config, unpack(pack(copy_weights(model))))
        assert not restored.training
        assert torch.equal(restored(images), model.eval()(images))
