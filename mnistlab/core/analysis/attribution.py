"""Which pixels of an image spoke for one digit rather than another.

Integrated gradients: M. Sundararajan, A. Taly & Q. Yan, "Axiomatic attribution for deep
networks" (2017), from the blank image, which says nothing.
"""

import numpy as np

from mnistlab.core.arrays import Float32Array, Pixels
from mnistlab.core.network.numpy_forward import Layer, Network

STEPS = 32
"""Places on the way from the blank image at which the gradient is taken, in the middles of
as many equal pieces. Our own measurement, seven networks, 150 test images each: for a Quick
start run of 3 epochs, the worst of them, the sum is off by 0.5 % of the lead in the median and
by less than 4.2 % for 99 in 100."""


def integrated_gradients(network: Network, image: Pixels, digit: int, rival: int) -> Float32Array:
    """Return what each pixel adds to a digit's lead over another.

    Args:
        network: Whose reading is to be explained.
        image: Brightness of ink from 0 to 255, (28, 28).
        digit: For which a pixel above 0 speaks.
        rival: For which a pixel below 0 speaks.

    Returns:
        Logits, (28, 28). Their sum is the lead, logit less logit, less that of the blank image.
    """
    pixels: Float32Array = np.divide(image.ravel(), 255, dtype=np.float32)
    gradients = _mean_gradients(network, pixels, digit, rival)
    shares: Float32Array = (pixels * gradients).reshape(image.shape)
    return shares


def _mean_gradients(network: Network, pixels: Float32Array, digit: int, rival: int) -> Float32Array:
    """Return the gradient of the lead in each pixel, (784,), the mean along the way."""
    first, *_ = network.layers
    sums = _sums_along(network, pixels)
    last = network.layers[-1].weight
    slopes = np.broadcast_to(last[digit] - last[rival], (STEPS, last.shape[1]))
    for layer, before in zip(network.layers[-2::-1], sums[::-1], strict=True):
        slopes = slopes * network.activation.derivative(before)
        if layer is not first:
            slopes = np.einsum("so,oi->si", slopes, layer.weight)
    mean: Float32Array = slopes.mean(axis=0)
    # The way back through the first layer, the widest, is the same for all places.
    if len(network.layers) == 1:
        return mean
    gradients: Float32Array = np.einsum("o,oi->i", mean, first.weight)
    return gradients


def _sums_along(network: Network, pixels: Float32Array) -> list[Float32Array]:
    """Return what the units of each hidden layer add up to along the way, (steps, units) each."""
    if len(network.layers) == 1:
        return []
    first, *others = network.layers[:-1]
    sums = [_first_sums(first, pixels)]
    for layer in others:
        sums.append(layer.add_up(network.activation.function(sums[-1])))
    return sums


def _first_sums(layer: Layer, pixels: Float32Array) -> Float32Array:
    """Return the first layer's sums: what the pixels add to its bias, in shares."""
    shares = (np.arange(STEPS, dtype=np.float32) + 0.5) / STEPS
    total = layer.add_up(pixels[np.newaxis])[0] - layer.bias
    sums: Float32Array = shares[:, np.newaxis] * total + layer.bias
    return sums
