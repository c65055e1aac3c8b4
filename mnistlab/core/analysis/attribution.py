"""Which pixels of an image are evidence for one digit rather than another.

Integrated gradients: M. Sundararajan, A. Taly & Q. Yan, "Axiomatic attribution for deep
networks" (2017), with the blank image as baseline.
"""

import numpy as np

from mnistlab.core.arrays import Float32Array, Pixels
from mnistlab.core.network.numpy_forward import Layer, Network

STEPS = 32
"""Points of the path from the blank image at which the gradient is computed, the middles of as
many equal pieces. Our own measurement, seven networks, 150 test images each: for a Quick start
run of 3 epochs, the worst of them, the sum is off by 0.5 % of the lead in the median and by less
than 4.2 % for 99 in 100."""


def integrated_gradients(network: Network, image: Pixels, digit: int, rival: int) -> Float32Array:
    """Return what each pixel adds to a digit's lead over another.

    Args:
        network: The network whose prediction is explained.
        image: Brightness of ink from 0 to 255, (28, 28).
        digit: The digit for which positive values are evidence.
        rival: The digit for which negative values are evidence.

    Returns:
        Logits, (28, 28). Their sum is the lead, logit less logit, less that of the blank image.
    """
    pixels: Float32Array = np.divide(image.ravel(), 255, dtype=np.float32)
    gradients = _mean_gradients(network, pixels, digit, rival)
    return (pixels * gradients).reshape(image.shape)


def _mean_gradients(network: Network, pixels: Float32Array, digit: int, rival: int) -> Float32Array:
    """Return the mean gradient of the lead along the path, (784,)."""
    first, *_ = network.layers
    sums = _sums_along(network, pixels)
    last = network.layers[-1].weight
    slopes = np.broadcast_to(last[digit] - last[rival], (STEPS, last.shape[1]))
    for layer, before in zip(network.layers[-2::-1], sums[::-1], strict=True):
        slopes = slopes * network.activation.derivative(before)
        if layer is not first:
            slopes = np.einsum("so,oi->si", slopes, layer.weight)
    mean: Float32Array = slopes.mean(axis=0)
    # The backward pass through the first layer, the widest, is the same for all points.
    if len(network.layers) == 1:
        return mean
    gradients: Float32Array = np.einsum("o,oi->i", mean, first.weight)
    return gradients


def _sums_along(network: Network, pixels: Float32Array) -> list[Float32Array]:
    """Return the weighted sums of each hidden layer along the path, (steps, units) each."""
    if len(network.layers) == 1:
        return []
    first, *others = network.layers[:-1]
    sums = [_first_sums(first, pixels)]
    for layer in others:
        sums.append(layer.add_up(network.activation.function(sums[-1])))
    return sums


def _first_sums(layer: Layer, pixels: Float32Array) -> Float32Array:
    """Return the first layer's sums along the path, (steps, units)."""
    shares = (np.arange(STEPS, dtype=np.float32) + 0.5) / STEPS
    total = layer.add_up(pixels[np.newaxis])[0] - layer.bias
    sums: Float32Array = shares[:, np.newaxis] * total + layer.bias
    return sums
