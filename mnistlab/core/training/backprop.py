"""The forward and the backward pass of one batch: the chain rule, written out.

Autograd finds the same gradients, bit for bit in batches of a multiple of 16 images, and but for
rounding in others (`tests/core/training/test_backprop.py`). Written out, a step builds no graph, and a
gradient is written where the last one was, or never at all: what becomes of it is for the caller
to say, layer by layer.
"""

import functools
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from mnistlab.core.network.model import MLP, Layer
from mnistlab.core.settings.activations import ACTIVATIONS, Kernel
from mnistlab.core.settings.config import DIGITS, RunConfig
from mnistlab.core.steady import Alone

_ATEN = torch.ops.aten

Take = Callable[[int, Tensor, Tensor], None]
"""Is given a layer's number, the first being 0, its errors (batch, after) and its inputs
(batch, before). The gradient of its weights is `errors.T @ inputs`, that of its biases the sum
of errors over the batch."""


class _Passed(NamedTuple):
    """What a hidden layer did with a batch.

    Attributes:
        layer: Its weights and biases.
        inputs: What came in, (batch, before).
        sums: What it added up, or what its activation has written over that, (batch, after).
        mask: What dropout multiplied its values by, (batch, after); None without dropout.
    """

    layer: Layer
    inputs: Tensor
    sums: Tensor
    mask: Tensor | None


class Backprop:
    """Backpropagation through one network (Rumelhart, Hinton & Williams 1986).

    Args:
        config: Decides activation and dropout.
        model: The network.
    """

    def __init__(self, config: RunConfig, model: MLP) -> None:
        *self._hidden, self._last = model.parameters_by_layer()
        kernel = ACTIVATIONS[config.activation].kernel
        self._activate, self._go_back = _forward_of(kernel), _backward_of(kernel)
        self._dropout = config.dropout

    def run(self, images: Tensor, labels: Tensor, take: Take) -> Tensor:
        """Show the network a batch, and hand each layer's errors to `take`, the last layer first.

        Args:
            images: Brightness from 0 to 1, (batch, 784).
            labels: The digits that they show, (batch,).
            take: May change the layer's weights, which are not needed any more, and keep its
                errors, which are not written over.

        Returns:
            The logarithms of the probabilities that the network gave each digit, (10, batch).
        """
        passed, values = self._forward(images)
        with Alone():  # ten units are too few to be shared among threads
            logits = functional.linear(values, *self._last)  # (batch, 10)
            # As ten long rows, since many short ones take five times as long.
            log_probabilities = logits.T.log_softmax(dim=0)  # (10, batch)
            errors = _errors(log_probabilities, labels).T.contiguous()  # (batch, 10)
            blame = errors @ self._last.weight  # (batch, before)
            take(len(passed), errors, values)
        self._backward(passed, blame, take)
        return log_probabilities

    def _forward(self, images: Tensor) -> tuple[list[_Passed], Tensor]:
        """Return what each hidden layer did, and what comes out of the last of them."""
        passed: list[_Passed] = []
        inputs = images
        for layer in self._hidden:
            sums = functional.linear(inputs, *layer)
            values = self._activate(sums)
            mask = self._draw_mask(values)
            passed.append(_Passed(layer, inputs, sums, mask))
            inputs = values if mask is None else values * mask
        return passed, inputs

    def _backward(self, passed: list[_Passed], blame: Tensor, take: Take) -> None:
        """Go from the last hidden layer, on which the one above puts `blame`, to the first."""
        while passed:
            hidden = passed.pop()  # its memory is for the next to use
            if hidden.mask is not None:
                blame *= hidden.mask
            errors = self._go_back(blame, hidden.sums)  # (batch, after)
            if passed:
                blame = errors @ hidden.layer.weight  # (batch, before)
            take(len(passed), errors, hidden.inputs)

    def _draw_mask(self, values: Tensor) -> Tensor | None:
        """Choose the units to switch off, and make the others louder, as `nn.Dropout` does."""
        if not self._dropout:
            return None
        kept = 1 - self._dropout
        return torch.empty_like(values).bernoulli_(kept).div_(kept)


def _forward_of(kernel: Kernel | None) -> Callable[[Tensor], Tensor]:
    """Return what makes sums (batch, after) into values."""
    if kernel is None:
        return lambda sums: sums
    function: Callable[[Tensor], Tensor] = getattr(_ATEN, kernel.forward).default
    return function


def _backward_of(kernel: Kernel | None) -> Callable[[Tensor, Tensor], Tensor]:
    """Return what takes errors (batch, after) back, and writes over them.

    Memory that has just been used is near: written elsewhere, values and errors would take
    2 to 4 % of an epoch more (our own measurement).
    """
    if kernel is None:
        return lambda errors, sums: errors
    function, arguments = getattr(_ATEN, kernel.backward).grad_input, kernel.arguments
    return lambda errors, sums: function(errors, sums, *arguments, grad_input=errors)


def _errors(log_probabilities: Tensor, labels: Tensor) -> Tensor:
    """Return the gradient of the mean cross-entropy by the logits, (10, batch).

    It is how far each probability is from what it should be, 1 or 0, over the batch's size.

    Args:
        log_probabilities: (10, batch).
        labels: (batch,).
    """
    kind = log_probabilities.dtype
    slopes = _slopes(len(labels), kind).index_select(1, labels)  # (10, batch)
    errors: Tensor = _ATEN._log_softmax_backward_data.default(slopes, log_probabilities, 0, kind)
    return errors


@functools.lru_cache(maxsize=4)
def _slopes(images: int, kind: torch.dtype) -> Tensor:
    """Return the gradient of the mean loss by log-probabilities, a column a label, (10, 10)."""
    return -torch.eye(DIGITS, dtype=kind) / images
