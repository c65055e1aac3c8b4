"""The forward and the backward pass of one batch: the chain rule, written out.

Autograd finds the same gradients to the last bit (`tests/core/training/test_fast_step.py`).
Written out, a step builds no graph, and the caller uses each layer's gradient at once.
"""

import functools
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from mnistlab.core.data.reproducible import SingleThread
from mnistlab.core.network.model import MLP, Layer
from mnistlab.core.settings.activations import ACTIVATIONS, Kernel
from mnistlab.core.settings.config import DIGITS, RunConfig

_ATEN = torch.ops.aten

Take = Callable[[int, Tensor, Tensor], None]
"""Receives a layer's number, the first being 0, its errors (batch, after) and its inputs
(batch, before). The gradient of its weights is `errors.T @ inputs`, that of its biases the sum
of errors over the batch."""


class _Passed(NamedTuple):
    """A hidden layer's part of the forward pass.

    Attributes:
        layer: Its weights and biases.
        inputs: Its inputs, (batch, before).
        sums: Its weighted sums, or the values that its activation has written over them,
            (batch, after).
        mask: The factors of dropout, (batch, after); None without dropout.
    """

    layer: Layer
    inputs: Tensor
    sums: Tensor
    mask: Tensor | None


class BackwardPass:
    """Backpropagation through one network (Rumelhart, Hinton & Williams 1986).

    Args:
        config: Decides the activation.
        model: The network, whose layers and dropout are used.
    """

    def __init__(self, config: RunConfig, model: MLP) -> None:
        *hidden, self._last = model.parameters_by_layer()
        self._hidden = list(zip(hidden, model.dropouts, strict=True))
        kernel = ACTIVATIONS[config.activation].kernel
        self._activate, self._go_back = _forward_of(kernel), _backward_of(kernel)

    def run(self, images: Tensor, labels: Tensor, take: Take) -> Tensor:
        """Run both passes, and call `take` with each layer's errors, the last layer first.

        Args:
            images: Brightness from 0 to 1, (batch, 784).
            labels: Their digits, (batch,).
            take: May change the layer's weights, which are not needed any more, and keep its
                errors, which are not written over.

        Returns:
            The log-probabilities of the digits, (10, batch).
        """
        passed, values = self._forward(images)
        with SingleThread():  # ten units are too few for several threads
            logits = functional.linear(values, *self._last)  # (batch, 10)
            # As ten long rows, since many short ones take five times as long.
            log_probabilities = logits.T.log_softmax(dim=0)  # (10, batch)
            errors = _errors(log_probabilities, labels).T.contiguous()  # (batch, 10)
            passed_back = errors @ self._last.weight  # (batch, before)
            take(len(passed), errors, values)
        self._backward(passed, passed_back, take)
        return log_probabilities

    def _forward(self, images: Tensor) -> tuple[list[_Passed], Tensor]:
        """Return each hidden layer's part, and the values of the last one."""
        passed: list[_Passed] = []
        inputs = images
        for layer, dropout in self._hidden:
            sums = functional.linear(inputs, *layer)
            values = self._activate(sums)
            mask = dropout.draw_mask(values)
            passed.append(_Passed(layer, inputs, sums, mask))
            inputs = values if mask is None else values * mask
        return passed, inputs

    def _backward(self, passed: list[_Passed], passed_back: Tensor, take: Take) -> None:
        """Go from the last hidden layer, whose errors are `passed_back`, to the first."""
        while passed:
            hidden = passed.pop()  # frees its memory for the next
            if hidden.mask is not None:
                passed_back *= hidden.mask
            errors = self._go_back(passed_back, hidden.sums)  # (batch, after)
            if passed:
                passed_back = errors @ hidden.layer.weight  # (batch, before)
            take(len(passed), errors, hidden.inputs)


def _forward_of(kernel: Kernel | None) -> Callable[[Tensor], Tensor]:
    """Return the function from sums (batch, after) to values."""
    if kernel is None:
        return lambda sums: sums
    function: Callable[[Tensor], Tensor] = getattr(_ATEN, kernel.forward).default
    return function


def _backward_of(kernel: Kernel | None) -> Callable[[Tensor, Tensor], Tensor]:
    """Return the function that writes the errors of sums over those of values, (batch, after)."""
    if kernel is None:
        return lambda errors, sums: errors
    function, arguments = getattr(_ATEN, kernel.backward).grad_input, kernel.arguments
    return lambda errors, sums: function(errors, sums, *arguments, grad_input=errors)


def _errors(log_probabilities: Tensor, labels: Tensor) -> Tensor:
    """Return the gradient of the mean cross-entropy by the logits, (10, batch).

    It is the difference of each probability from 1 or 0, divided by the batch's size.

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
    """Return the gradient of the mean loss by log-probabilities, one column a label, (10, 10)."""
    return -torch.eye(DIGITS, dtype=kind) / images
