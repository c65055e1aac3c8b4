"""Integrated gradients are those of torch's autograd, and add up to what they explain."""

import dataclasses

import numpy as np
import pytest
import torch

from mnistlab.core.analysis.attribution import STEPS, integrated_gradients
from mnistlab.core.data.mnist import Digits
from mnistlab.core.network.model import MLP, pack
from mnistlab.core.network.numpy_forward import read_network
from mnistlab.core.settings.activations import ACTIVATIONS
from mnistlab.core.settings.config import RunConfig

DEEP = RunConfig(hidden_layers=3, units=(40, 30, 20), dropout=0.0)


def random_model(config: RunConfig) -> MLP:
    """Draw a network three times as large as a new one, so that its units do bend."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = MLP(config)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(3)
    return model.eval()


def lead(model: MLP, pixels: torch.Tensor, digit: int, rival: int) -> torch.Tensor:
    logits: torch.Tensor = model(pixels)
    return logits[:, digit] - logits[:, rival]


def torchs_attribution(model: MLP, pixels: torch.Tensor, digit: int, rival: int) -> np.ndarray:
    """Return integrated gradients from the blank image in `STEPS` steps, by autograd."""
    shares = (torch.arange(STEPS) + 0.5) / STEPS
    along = (shares[:, None] * pixels).requires_grad_()
    lead(model, along, digit, rival).sum().backward()
    assert along.grad is not None
    return (along.grad.mean(dim=0) * pixels).numpy()


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("units", [(), (50,), (40, 30, 20)], ids=lambda units: f"{len(units)}")
class TestEveryNetwork:
    def test_is_explained_as_by_autograd(
        self, activation: str, units: tuple[int, ...], test_digits: Digits
    ) -> None:
        model, pixels = self.prepare(activation, units, test_digits)
        expected = torchs_attribution(model, pixels, 3, 8)
        found = self.explain(model, activation, units, pixels)
        assert (found.shape, found.dtype) == ((28, 28), np.float32)
        assert np.abs(expected).max() > 0.01
        assert found.ravel() == pytest.approx(expected, abs=1e-4)

    def test_pixels_add_up_to_the_lead(
        self, activation: str, units: tuple[int, ...], test_digits: Digits
    ) -> None:
        """Their "completeness", which the axioms of Sundararajan et al. ask for."""
        model, pixels = self.prepare(activation, units, test_digits)
        with torch.no_grad():
            leads = lead(model, torch.stack([pixels, torch.zeros(784)]), 3, 8)
        gained = float(leads[0] - leads[1])
        found = self.explain(model, activation, units, pixels)
        assert found.sum() == pytest.approx(gained, rel=0.03, abs=0.03)

    def prepare(
        self, activation: str, units: tuple[int, ...], test_digits: Digits
    ) -> tuple[MLP, torch.Tensor]:
        return random_model(self.config(activation, units)), test_digits.pixels[7].float() / 255

    def explain(
        self, model: MLP, activation: str, units: tuple[int, ...], pixels: torch.Tensor
    ) -> np.ndarray:
        network = read_network(self.config(activation, units), pack(model.state_dict()))
        image = (pixels * 255).round().to(torch.uint8).numpy().reshape(28, 28)
        return integrated_gradients(network, image, 3, 8)

    def config(self, activation: str, units: tuple[int, ...]) -> RunConfig:
        return dataclasses.replace(
            DEEP, activation=activation, hidden_layers=len(units), units=units or (512,)
        )


def test_of_a_straight_line_a_pixel_s_share_is_its_weight_times_its_ink() -> None:
    config = RunConfig(hidden_layers=0)
    weights = {"layers.0.weight": torch.zeros(10, 784), "layers.0.bias": torch.ones(10)}
    weights["layers.0.weight"][4, 0], weights["layers.0.weight"][9, 1] = 2.0, 3.0
    image = np.zeros((28, 28), dtype=np.uint8)
    image[0, :3] = 255, 51, 255
    shares = integrated_gradients(read_network(config, pack(weights)), image, 4, 9)
    assert shares[0, :3].tolist() == pytest.approx([2, -0.6, 0])
    assert integrated_gradients(read_network(config, pack(weights)), image, 9, 4) == pytest.approx(
        -shares
    )


def test_paper_says_nothing(test_digits: Digits) -> None:
    network = read_network(DEEP, pack(random_model(DEEP).state_dict()))
    image = test_digits.pixels[7].numpy().reshape(28, 28)
    assert not integrated_gradients(network, image, 3, 8)[image == 0].any()
