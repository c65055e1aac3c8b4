"""An epoch in JAX: all steps in one compiled scan, weights changed in place.

The network, its initial weights, the loss and plain descent are PyTorch's.
"""

import itertools
import time
from collections.abc import Callable
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from mnistlab.core.settings.config import RunConfig

Layer = tuple[jax.Array, jax.Array]


def compile_epoch(
    config: RunConfig, images: NDArray[np.float32], labels: NDArray[np.int64]
) -> Callable[[], float]:
    """Compile an epoch of `config`, of which widths, rate and batch size count."""
    on_device = jnp.asarray(images), jnp.asarray(labels.astype(np.int32))
    epoch = _epoch(config.batch_size, config.learning_rate)
    seeds = itertools.count()
    layers = [epoch(_initial(config), jax.random.key(next(seeds)), *on_device)]

    def train() -> float:
        began = time.perf_counter()
        layers[0] = epoch(layers[0], jax.random.key(next(seeds)), *on_device)
        for weight, bias in layers[0]:
            weight.block_until_ready()
            bias.block_until_ready()
        return time.perf_counter() - began

    return train


def _initial(config: RunConfig) -> list[Layer]:
    layers = []
    dice = np.random.default_rng(config.seed)
    for before, after in itertools.pairwise(config.layer_sizes):
        draw = partial(dice.uniform, -(before**-0.5), before**-0.5)
        weight, bias = draw((before, after)), draw(after)
        layers.append((jnp.asarray(weight, jnp.float32), jnp.asarray(bias, jnp.float32)))
    return layers


def _loss(layers: list[Layer], images: jax.Array, labels: jax.Array) -> jax.Array:
    values = images
    for weight, bias in layers[:-1]:
        values = jax.nn.relu(values @ weight + bias)
    weight, bias = layers[-1]
    log_probabilities = jax.nn.log_softmax(values @ weight + bias)
    return -jnp.take_along_axis(log_probabilities, labels[:, None], 1).mean()


def _epoch(batch_size: int, rate: float) -> Callable[..., list[Layer]]:
    @partial(jax.jit, donate_argnums=0)
    def epoch(
        layers: list[Layer], key: jax.Array, images: jax.Array, labels: jax.Array
    ) -> list[Layer]:
        def step(layers: list[Layer], batch: jax.Array) -> tuple[list[Layer], jax.Array]:
            loss, slopes = jax.value_and_grad(_loss)(layers, images[batch], labels[batch])
            return jax.tree.map(lambda weight, slope: weight - rate * slope, layers, slopes), loss

        order = jax.random.permutation(key, len(labels))
        whole = len(labels) // batch_size * batch_size
        layers, _ = jax.lax.scan(step, layers, order[:whole].reshape(-1, batch_size))
        return step(layers, order[whole:])[0] if whole < len(labels) else layers

    return epoch
