"""A trained network's predictions in numpy: torch would take half a gigabyte of the server."""

from dataclasses import dataclass

import numpy as np
import safetensors.numpy
from numpy.typing import NDArray

from mnistlab.core.arrays import Float32Array, Probabilities, Views
from mnistlab.core.settings.activations import ACTIVATIONS, Activation
from mnistlab.core.settings.config import RunConfig


@dataclass(frozen=True)
class Layer:
    """A fully connected layer.

    Attributes:
        weight: float32, (after, before).
        bias: float32, (after,).
    """

    weight: Float32Array
    bias: Float32Array

    def add_up(self, values: Float32Array) -> Float32Array:
        """Return the weighted sums (n, after) of values (n, before)."""
        # Not `@`: for wide layers BLAS uses a thread for each core, which then spin on cores
        # that training needs. One image through 2,048 × 2,048 weights takes 33 ms of
        # processor time in place of 1 (our own measurement, two busy cores).
        sums: Float32Array = np.einsum("ni,oi->no", values, self.weight)
        return sums + self.bias


@dataclass(frozen=True)
class Network:
    """A trained network, ready to predict.

    Attributes:
        layers: From pixels to digits.
        activation: What is applied between two layers.
    """

    layers: tuple[Layer, ...]
    activation: Activation

    @property
    def size(self) -> int:
        """Bytes of memory that the weights and biases take."""
        return sum(layer.weight.nbytes + layer.bias.nbytes for layer in self.layers)


def read_network(config: RunConfig, weights: bytes) -> Network:
    """Read the network of `config` from what `model.pack` made of `model.MLP`'s weights."""
    tensors = safetensors.numpy.load(weights)
    # Names are such as layers.3.weight: places in MLP's list, which has gaps, as numbers.
    places = sorted({int(name.split(".")[1]) for name in tensors})
    layers = [Layer(tensors[f"layers.{i}.weight"], tensors[f"layers.{i}.bias"]) for i in places]
    return Network(tuple(layers), ACTIVATIONS[config.activation])


def predict(network: Network, pixels: NDArray[np.uint8]) -> Probabilities:
    """Return probabilities (n, 10) for images (n, 784) with brightness from 0 to 255."""
    return _softmax(forward(network, np.divide(pixels, 255, dtype=np.float32)))


def forward(network: Network, values: Float32Array) -> Float32Array:
    """Return what the last layer adds up (n, outputs) for values (n, inputs)."""
    for layer in network.layers[:-1]:
        values = network.activation.function(layer.add_up(values))
    return network.layers[-1].add_up(values)


def predict_views(network: Network, views: Views) -> Probabilities:
    """Return the mean probabilities (..., 10) of drawings in several views (..., views, 28, 28)."""
    probabilities = predict(network, views.reshape(-1, views.shape[-2] * views.shape[-1]))
    means: Probabilities = probabilities.reshape(*views.shape[:-2], -1).mean(axis=-2)
    return means


def _softmax(logits: Float32Array) -> Probabilities:
    # In float64 no difference of two float32 numbers overflows.
    below_best = logits.astype(np.float64) - logits.max(axis=1, keepdims=True)
    shares = np.exp(below_best)
    probabilities: Probabilities = (shares / shares.sum(axis=1, keepdims=True)).astype(np.float32)
    return probabilities
