"""The network: a multilayer perceptron, and the serialization of its weights."""

import inspect
import itertools
import math
from collections.abc import Mapping
from typing import NamedTuple

import safetensors.torch
import torch
from torch import Tensor, nn

from mnistlab.core.data.reproducible import reproducible
from mnistlab.core.settings.activations import ACTIVATIONS
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.registry import INITIALISATIONS


class Layer(NamedTuple):
    """The parameters of a layer.

    Attributes:
        weight: Of each connection, (after, before).
        bias: Of each unit, (after,).
    """

    weight: Tensor
    bias: Tensor


class Dropout(nn.Module):
    """`nn.Dropout` with a random generator of its own.

    Args:
        share: Of the units that are zeroed in training, from 0 to 1.
        generator: Draws the mask; None stands for torch's global one.
    """

    def __init__(self, share: float, generator: torch.Generator | None) -> None:
        super().__init__()
        self._kept = 1 - share
        self._generator = generator

    def forward(self, values: Tensor) -> Tensor:
        """Return the values (batch, units) after dropout."""
        mask = self.draw_mask(values) if self.training else None
        return values if mask is None else values * mask

    def draw_mask(self, values: Tensor) -> Tensor | None:
        """Return the factors of values (batch, units); None without dropout."""
        if self._kept == 1:
            return None
        mask = torch.empty_like(values).bernoulli_(self._kept, generator=self._generator)
        return mask.div_(self._kept)


class MLP(nn.Module):
    """Fully connected layers from 784 pixels to 10 logits.

    Args:
        config: Decides widths, activation, dropout and initial weights.
        generator: Draws the initial weights, then dropout's masks; None stands for torch's
            global one, which all threads share.
    """

    def __init__(self, config: RunConfig, generator: torch.Generator | None = None) -> None:
        super().__init__()
        self._widths = config.widths
        sizes = config.layer_sizes
        activation = getattr(nn, ACTIVATIONS[config.activation].module)
        layers: list[nn.Module] = []
        for before, after in itertools.pairwise(sizes[:-1]):
            linear = _draw_linear(before, after, generator)
            layers += [linear, activation(), Dropout(config.dropout, generator)]
        self.layers = nn.Sequential(*layers, _draw_linear(sizes[-2], sizes[-1], generator))
        self._initialise(INITIALISATIONS[config.initialisation].function, generator)

    def _initialise(self, function: str | None, generator: torch.Generator | None) -> None:
        if function is None:
            return
        fill = getattr(nn.init, function)
        is_random = "generator" in inspect.signature(fill).parameters
        for layer in self.linear_layers:
            fill(layer.weight, **({"generator": generator} if is_random else {}))
            nn.init.zeros_(layer.bias)

    @property
    def linear_layers(self) -> list[nn.Linear]:
        """The layers with weights, from the pixels to the logits."""
        return [layer for layer in self.layers if isinstance(layer, nn.Linear)]

    @property
    def dropouts(self) -> list[Dropout]:
        """The hidden layers' dropout modules, in order."""
        return [layer for layer in self.layers if isinstance(layer, Dropout)]

    def parameters_by_layer(self) -> list[Layer]:
        """Return each layer's parameters, from the pixels to the logits, to be changed in place."""
        return [Layer(each.weight.detach(), each.bias.detach()) for each in self.linear_layers]

    @property
    def activation(self) -> nn.Module:
        """The activation between two layers; the identity if there is one layer."""
        return self.layers[1] if len(self.layers) > 1 else nn.Identity()

    def forward(self, images: Tensor) -> Tensor:
        """Return logits (batch, 10) for images (batch, 784) with pixels from 0 to 1."""
        with reproducible(len(images), *self._widths):
            logits: Tensor = self.layers(images)
        return logits


def _draw_linear(before: int, after: int, generator: torch.Generator | None) -> nn.Linear:
    """Return a layer with weights and biases as `nn.Linear` draws them, which takes no generator.

    Evenly between ±1/√before (`nn.Linear.reset_parameters`).
    """
    layer = nn.Linear(before, after, device="meta")
    # `to_empty` would import SymPy, 0.4 s in each worker's first run.
    layer.weight = nn.Parameter(torch.empty(after, before))
    layer.bias = nn.Parameter(torch.empty(after))
    nn.init.kaiming_uniform_(layer.weight, a=math.sqrt(5), generator=generator)
    nn.init.uniform_(layer.bias, -1 / math.sqrt(before), 1 / math.sqrt(before), generator=generator)
    return layer


def copy_weights(model: nn.Module) -> dict[str, Tensor]:
    """Return a copy of the weights."""
    return {name: tensor.detach().clone() for name, tensor in model.state_dict().items()}


def pack(tensors: Mapping[str, Tensor]) -> bytes:
    """Write named tensors as safetensors."""
    return safetensors.torch.save(dict(tensors))


def unpack(content: bytes) -> dict[str, Tensor]:
    """Read what `pack` wrote."""
    return safetensors.torch.load(content)


def restore(config: RunConfig, weights: Mapping[str, Tensor]) -> MLP:
    """Build the network of `config` with stored weights, ready to predict."""
    with torch.device("meta"):  # without initial weights, which would be replaced
        model = MLP(config)
    model.load_state_dict(weights, assign=True)
    return model.eval()
