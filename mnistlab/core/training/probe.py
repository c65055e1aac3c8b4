"""Measures each layer of a network during training: gradients, updates and its units' state."""

import functools
import itertools
import math
from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch import Tensor, nn

from mnistlab.core.data.mnist import Digits, scale
from mnistlab.core.data.reproducible import SingleThread, reproducible
from mnistlab.core.network.model import MLP
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.cost.point_interval import PROBE_IMAGES, probe_interval
from mnistlab.core.training.events import LayerState, Probe

FLAT_SLOPE = 1 / 20
"""Share of the steepest slope: a unit with a lower one passes almost no gradient back. Our own
choice; a sigmoid has it beyond sums of ±4.4."""

_TRACES = 4
_SAME = 1e-4
"""How far the traces of two units' weights may be apart, as a share of their norm. Gradients of
copies are identical but for rounding, 1e-6 here; two of 2,048 random units are as close in all
four traces in none of ten billion networks."""

_DIGITS = 4
"""Significant digits of a figure, to save space in the store."""


class Prober:
    """Measures the network of a run at intervals.

    Args:
        config: The run's settings.
        model: The network, with its initial weights.
        training: Its training images, the first of which are the probe images.
    """

    def __init__(self, config: RunConfig, model: MLP, training: Digits) -> None:
        self._config = config
        self._model = model
        self._layers = model.linear_layers
        self._activation = model.activation
        self._images = scale(training.pixels[:PROBE_IMAGES])  # (images, 784)
        self._initial = self.copy_weights()
        self._interval = probe_interval(config)
        self._cycle = max(self._interval, config.steps_per_epoch)

    def is_due(self, step: int) -> bool:
        """Return whether the network is to be measured right after `step`."""
        return step == 1 or step % self._cycle % self._interval == 0

    def copy_weights(self) -> list[Tensor]:
        """Return each layer's weights (after, before) as they are now."""
        return [layer.weight.detach().clone() for layer in self._layers]

    def look(self, step: int, before: Sequence[Tensor]) -> Probe:
        """Measure the network right after a step.

        Args:
            step: Steps taken since the run began; the gradients are still those of the last.
            before: The weights before it, as `copy_weights` gave them.
        """
        with torch.no_grad():
            hidden = [self._look_at_units(index, sums) for index, sums in self._sums()]
            # One thread adds in the same order whatever the number of threads.
            with SingleThread():
                movements = [self._look_at_weights(*both) for both in enumerate(before)]
                layers = tuple(
                    LayerState(*movement, *units)
                    for movement, units in itertools.zip_longest(movements, hidden, fillvalue=())
                )
                gap = self._linear_gap()
        return Probe(step, step / self._config.steps_per_epoch, layers, gap)

    def _sums(self) -> Iterator[tuple[int, Tensor]]:
        """Yield each hidden layer's weighted sums on the probe images, (images, units)."""
        values = self._images
        for index, layer in enumerate(self._layers[:-1]):
            with reproducible(len(values), *self._config.widths):
                sums = layer(values)
            yield index, sums
            values = self._activation(sums)

    def _look_at_units(self, index: int, sums: Tensor) -> tuple[float, float, float]:
        """Return the shares of flat activations, of dead units and of copies."""
        slopes = slope(self._activation, sums)
        flat = (slopes.abs() < FLAT_SLOPE * steepest(self._activation)).numpy()  # (images, units)
        units = sums.shape[1]
        dead = np.count_nonzero(flat.all(axis=0))
        copied = count_copies(self._layers[index], self._layers[index + 1])
        return _round(np.count_nonzero(flat) / flat.size), dead / units, copied / units

    def _look_at_weights(
        self, index: int, before: Tensor
    ) -> tuple[float, float | None, float | None]:
        """Return the gradient's norm, the step's relative update, and the relative distance."""
        weight, initial = self._layers[index].weight, self._initial[index]
        assert weight.grad is not None  # there was a step
        update = _ratio(weight - before, before)
        return _round(float(weight.grad.norm())), update, _ratio(weight - initial, initial)

    def _linear_gap(self) -> float | None:
        if not isinstance(self._activation, nn.Identity) or not self._config.hidden_layers:
            return None
        weight, bias = compose(self._layers)
        gap = self._model.layers.eval()(self._images) - (self._images @ weight.T + bias)
        self._model.train()
        return _round(float(gap.abs().max()))


def slope(activation: nn.Module, sums: Tensor) -> Tensor:
    """Return the activation's slope at `sums`, of the same shape."""
    with torch.enable_grad():
        at = sums.detach().requires_grad_()
        (slopes,) = torch.autograd.grad(activation(at).sum(), at)
    return slopes


@functools.lru_cache(maxsize=8)
def steepest(activation: nn.Module) -> float:
    """Return the activation's greatest slope, within 0.01 of its place."""
    return float(slope(activation, torch.linspace(-8, 8, 1_601)).abs().max())


def count_copies(layer: nn.Linear, following: nn.Linear) -> int:
    """Return how many units have the same incoming and outgoing weights as another one.

    Units that begin as copies get the same gradients in every step, and stay copies
    (Goodfellow et al. 2016, Deep Learning, section 8.4).
    """
    directions = torch.Generator().manual_seed(0)
    everything = torch.cat([layer.weight, layer.bias[:, None], following.weight.T], dim=1)
    across = torch.randn(everything.shape[1], _TRACES, generator=directions)
    traces = everything @ across  # (units, traces)
    order = traces[:, 0].argsort()
    traces = traces[order]
    norms = everything.norm(dim=1)[order]
    near = (traces.diff(dim=0).abs() <= _SAME * norms[1:, None]).all(dim=1)
    is_copy = torch.zeros(len(traces), dtype=torch.bool)
    is_copy[1:] |= near
    is_copy[:-1] |= near
    return int(is_copy.sum())


def compose(layers: Sequence[nn.Linear]) -> tuple[Tensor, Tensor]:
    """Return the product of layers without activation, a linear map.

    Returns:
        Its weights (after, before) and biases (after,).
    """
    weight: Tensor = layers[-1].weight
    bias: Tensor = layers[-1].bias
    for layer in reversed(layers[:-1]):
        weight, bias = weight @ layer.weight, weight @ layer.bias + bias
    return weight, bias


def _ratio(change: Tensor, whole: Tensor) -> float | None:
    norm = float(whole.norm())
    return _round(float(change.norm()) / norm) if norm else None


def _round(figure: float) -> float:
    return float(f"{figure:.{_DIGITS}g}") if math.isfinite(figure) else math.inf
