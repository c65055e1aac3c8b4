"""The forward and the backward pass of one batch: the chain rule, written out.

Autograd finds the same gradients, bit for bit (`tests/core/test_backprop.py`). Written out,
a step builds no graph, and a gradient is written where the last one was, or never at all:
what becomes of it is for the caller to say, layer by layer.
"""

import functools
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from mnistlab.core.activations import ACTIVATIONS, Kernel
from mnistlab.core.config import RunConfig
from mnistlab.core.model import MLP, Layer
from mnistlab.core.steady import Alone

_ATEN = torch.ops.aten
_MEAN = 1
_NO_LABEL = -100
"""Torch's own numbers: losses are averaged over the batch, and every image has a label."""

Take = Callable[[int, Tensor, Tensor], None]
"""Is given a layer's number, the first being 0, its errors (batch, after) and its inputs
(batch, before). The gradient of its weights is `errors.T @ inputs`, that of its biases the sum
of errors over the batch."""


class Outcome(NamedTuple):
    """What the network made of a batch, before it learned from it.

    Attributes:
        loss: Mean cross-entropy, in nats.
        logits: One for each digit, (batch, 10).
    """

    loss: float
    logits: Tensor


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

    def run(self, images: Tensor, labels: Tensor, take: Take) -> Outcome:
        """Show the network a batch, and hand each layer's errors to `take`, the last layer first.

        Args:
            images: Brightness from 0 to 1, (batch, 784).
            labels: The digits that they show, (batch,).
            take: May change the layer's weights, which are not needed any more, and keep its
                errors, which are not written over.
        """
        passed, values = self._forward(images)
        with Alone():  # ten units are too few to be shared among threads
            logits = functional.linear(values, *self._last)  # (batch, 10)
            loss, errors = _loss_and_errors(logits.log_softmax(dim=1), labels)
            blame = errors @ self._last.weight  # (batch, before)
            take(len(passed), errors, values)
        self._backward(passed, blame, take)
        return Outcome(loss.item(), logits)

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


@functools.cache
def _one(kind: torch.dtype) -> Tensor:
    return torch.ones((), dtype=kind)


def _loss_and_errors(log_probabilities: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
    """Return the mean cross-entropy (), and its gradient by the logits, (batch, 10).

    The gradient is how far each probability is from what it should be, 1 or 0, over the batch's
    size. Torch's own functions round as autograd does.
    """
    asked = (labels, None, _MEAN, _NO_LABEL)
    loss, images = _ATEN.nll_loss_forward.default(log_probabilities, *asked)
    slopes = _ATEN.nll_loss_backward.default(_one(loss.dtype), log_probabilities, *asked, images)
    errors = _ATEN._log_softmax_backward_data.default(
        slopes, log_probabilities, 1, log_probabilities.dtype
    )
    return loss, errors
