"""The network: a multilayer perceptron, what changes its weights, and how they travel."""

import itertools
from collections.abc import Mapping
from typing import NamedTuple

import safetensors.torch
import torch
from torch import Tensor, nn

from mnistlab.core.settings.activations import ACTIVATIONS
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.registry import INITIALISATIONS, OPTIMIZERS
from mnistlab.core.steady import steady


class Layer(NamedTuple):
    """What belongs to a layer: its parameters, or their gradients.

    Attributes:
        weight: Of each connection, (after, before).
        bias: Of each unit, (after,).
    """

    weight: Tensor
    bias: Tensor


class MLP(nn.Module):
    """Fully connected layers from 784 pixels to 10 logits.

    Args:
        config: Decides widths, activation, dropout and initial weights.
    """

    def __init__(self, config: RunConfig) -> None:
        super().__init__()
        self._widths = config.widths
        sizes = config.layer_sizes
        activation = getattr(nn, ACTIVATIONS[config.activation].module)
        layers: list[nn.Module] = []
        for before, after in itertools.pairwise(sizes[:-1]):
            layers += [nn.Linear(before, after), activation(), nn.Dropout(config.dropout)]
        self.layers = nn.Sequential(*layers, nn.Linear(sizes[-2], sizes[-1]))
        self._initialise(INITIALISATIONS[config.initialisation].function)

    def _initialise(self, function: str | None) -> None:
        if function is None:
            return
        for layer in self.linear_layers:
            getattr(nn.init, function)(layer.weight)
            nn.init.zeros_(layer.bias)

    @property
    def linear_layers(self) -> list[nn.Linear]:
        """The layers with weights, from the pixels to the logits."""
        return [layer for layer in self.layers if isinstance(layer, nn.Linear)]

    def parameters_by_layer(self) -> list[Layer]:
        """Return each layer's parameters, from the pixels to the logits, to be changed in place."""
        return [Layer(each.weight.detach(), each.bias.detach()) for each in self.linear_layers]

    def make_gradients(self) -> list[Layer]:
        """Give each parameter a gradient to be written over; return them likewise."""
        gradients = []
        for layer in self.linear_layers:
            gradient = Layer(torch.zeros_like(layer.weight), torch.zeros_like(layer.bias))
            layer.weight.grad, layer.bias.grad = gradient
            gradients.append(gradient)
        return gradients

    @property
    def activation(self) -> nn.Module:
        """What is applied between two of them."""
        return self.layers[1] if len(self.layers) > 1 else nn.Identity()

    def forward(self, images: Tensor) -> Tensor:
        """Return logits (batch, 10) for images (batch, 784) with pixels from 0 to 1."""
        with steady(len(images), *self._widths):
            logits: Tensor = self.layers(images)
        return logits


def build_optimizer(config: RunConfig, model: MLP) -> torch.optim.Optimizer:
    """Return the optimizer of `config` for the parameters of `model`."""
    spec = OPTIMIZERS[config.optimizer]
    options: dict[str, float | bool] = {}
    if spec.takes_momentum:
        options["momentum"] = config.momentum
    if spec.has_fused:
        options["fused"] = True
    optimizer: torch.optim.Optimizer = getattr(torch.optim, spec.module)(
        model.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay, **options
    )
    return optimizer


def copy_weights(model: nn.Module) -> dict[str, Tensor]:
    """Return the weights as they are now; later training does not change them."""
    return {name: tensor.detach().clone() for name, tensor in model.state_dict().items()}


def pack(tensors: Mapping[str, Tensor]) -> bytes:
    """Write named tensors as safetensors."""
    return safetensors.torch.save(dict(tensors))


def unpack(content: bytes) -> dict[str, Tensor]:
    """Read what `pack` wrote."""
    return safetensors.torch.load(content)


def restore(config: RunConfig, weights: Mapping[str, Tensor]) -> MLP:
    """Build the network of `config` with stored weights, ready to predict."""
    with torch.device("meta"):  # no time spent on initial weights that are thrown away
        model = MLP(config)
    model.load_state_dict(weights, assign=True)
    return model.eval()
