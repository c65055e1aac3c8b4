"""Activations: the non-linearities that a network may have between its layers.

The one place where one is added: form, URL, validation, training, prediction, tests and docs
use it. Torch's classes are named by attribute, so that a page can list activations without
importing torch; predictions use the functions in numpy.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mnistlab.core.arrays import Float32Array


@dataclass(frozen=True)
class Kernel:
    """Torch's own functions for an activation, those that its module and autograd call.

    Attributes:
        forward: In `torch.ops.aten`: maps sums to values. One whose name ends in "_" writes
            them over the sums.
        backward: Likewise, maps the errors of values to those of sums, given the sums or the
            values that were written over them.
        arguments: Further arguments of `backward`.
    """

    forward: str
    backward: str
    arguments: tuple[float, ...] = ()


@dataclass(frozen=True)
class Activation:
    """A non-linearity between layers.

    Attributes:
        label: Its name for people.
        module: The class in `torch.nn`, which trains.
        function: The same in numpy, which predicts: float32 of any shape to the like.
        derivative: The derivative of `function`, likewise; at a corner, that of torch's
            autograd.
        kernel: The same in torch, for training; None for the identity.
        hint: One sentence for the form.
    """

    label: str
    module: str
    function: Callable[[Float32Array], Float32Array]
    derivative: Callable[[Float32Array], Float32Array]
    kernel: Kernel | None
    hint: str


def _relu(sums: Float32Array) -> Float32Array:
    return sums.clip(min=0)


def _relu_slope(sums: Float32Array) -> Float32Array:
    return (sums > 0).astype(np.float32)


def _leaky_relu(sums: Float32Array) -> Float32Array:
    return np.where(sums > 0, sums, 0.01 * sums)


def _leaky_relu_slope(sums: Float32Array) -> Float32Array:
    return np.where(sums > 0, np.float32(1), np.float32(0.01))


def _normal_share(sums: Float32Array) -> Float32Array:
    """Return the standard normal distribution function of each number."""
    from scipy.special import erf  # imported with the first network that needs it

    share = (1 + erf(sums / math.sqrt(2))) / 2
    return np.asarray(share, dtype=np.float32)


def _gelu(sums: Float32Array) -> Float32Array:
    """Multiply each number by its normal distribution function (Hendrycks & Gimpel 2016)."""
    return sums * _normal_share(sums)


def _gelu_slope(sums: Float32Array) -> Float32Array:
    # Beyond 20 the density is 0 in float32 anyway, and squares might overflow.
    near = sums.clip(-20, 20)
    density = np.exp(-near * near / 2) / math.sqrt(2 * math.pi)
    slope: Float32Array = (_normal_share(sums) + near * density).astype(np.float32)
    return slope


def _tanh_slope(sums: Float32Array) -> Float32Array:
    return 1 - np.square(np.tanh(sums))


def _sigmoid(sums: Float32Array) -> Float32Array:
    # The usual 1 / (1 + exp(-x)) overflows for sums below -88.
    squeezed: Float32Array = np.tanh(sums * 0.5)
    return squeezed * 0.5 + 0.5


def _sigmoid_slope(sums: Float32Array) -> Float32Array:
    squeezed = _sigmoid(sums)
    return squeezed * (1 - squeezed)


def _identity(sums: Float32Array) -> Float32Array:
    return sums


ACTIVATIONS = {
    "relu": Activation(
        "ReLU",
        "ReLU",
        _relu,
        _relu_slope,
        Kernel("relu_", "threshold_backward", (0,)),
        "Passes positive values on and turns the rest into 0.",
    ),
    "leaky_relu": Activation(
        "Leaky ReLU",
        "LeakyReLU",
        _leaky_relu,
        _leaky_relu_slope,
        Kernel("leaky_relu_", "leaky_relu_backward", (0.01, True)),
        "ReLU that lets 1% of negative values through.",
    ),
    "gelu": Activation(
        "GELU",
        "GELU",
        _gelu,
        _gelu_slope,
        Kernel("gelu", "gelu_backward"),
        "A smooth ReLU, used in language models.",
    ),
    "tanh": Activation(
        "tanh",
        "Tanh",
        np.tanh,
        _tanh_slope,
        Kernel("tanh_", "tanh_backward"),
        "Squeezes everything between −1 and 1.",
    ),
    "sigmoid": Activation(
        "Sigmoid",
        "Sigmoid",
        _sigmoid,
        _sigmoid_slope,
        Kernel("sigmoid_", "sigmoid_backward"),
        "Squeezes everything between 0 and 1.",
    ),
    "none": Activation(
        "None (linear)",
        "Identity",
        _identity,
        np.ones_like,
        None,
        "Without a bend, extra layers add nothing.",
    ),
}
