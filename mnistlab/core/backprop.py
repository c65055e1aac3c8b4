"""The forward and the backward pass of one batch: the chain rule, written out.

Autograd finds the same gradients, bit for bit (`tests/core/test_backprop.py`). Written out,
a step builds no graph, and a gradient is written where the last one was, or never at all:
what becomes of it is for the caller to say, layer by layer.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from mnistlab.core.activations import ACTIVATIONS
from mnistlab.core.config import RunConfig
from mnistlab.core.model import MLP

Take = Callable[[nn.Linear, Tensor, Tensor], None]
"""Is given a layer with its errors (batch, after) and its inputs (batch, before). The gradient
of its weights is `errors.T @ inputs`, that of its biases the sum of errors over the batch."""


@dataclass(frozen=True)
class Outcome:
    """What the network made of a batch, before it learned from it.

    Attributes:
        loss: Mean cross-entropy, in nats.
        correct: Images read right.
    """

    loss: float
    correct: int


@dataclass(frozen=True)
class _Passed:
    """What a hidden layer did with a batch.

    Attributes:
        layer: Its weights and biases.
        inputs: What came in, (batch, before).
        sums: What it added up, (batch, after).
        values: What the activation made of that, (batch, after).
        mask: What dropout multiplied that by, (batch, after); None without dropout.
    """

    layer: nn.Linear
    inputs: Tensor
    sums: Tensor
    values: Tensor
    mask: Tensor | None


class Backprop:
    """Backpropagation through one network (Rumelhart, Hinton & Williams 1986).

    Args:
        config: Decides activation and dropout.
        model: The network.
    """

    def __init__(self, config: RunConfig, model: MLP) -> None:
        *self._hidden, self._last = model.linear_layers
        self._activate = model.activation
        self._kernel = ACTIVATIONS[config.activation].kernel
        self._dropout = config.dropout

    @torch.no_grad()
    def run(self, images: Tensor, labels: Tensor, take: Take) -> Outcome:
        """Show the network a batch, and hand each layer's errors to `take`, the last layer first.

        Args:
            images: Brightness from 0 to 1, (batch, 784).
            labels: The digits that they show, (batch,).
            take: May change the layer's weights: they are not needed any more.
        """
        passed, values = self._forward(images)
        logits = functional.linear(values, self._last.weight, self._last.bias)  # (batch, 10)
        log_probabilities = logits.log_softmax(dim=1)
        self._backward(passed, values, _errors(log_probabilities, labels), take)
        loss = functional.nll_loss(log_probabilities, labels)
        return Outcome(loss.item(), int((logits.argmax(dim=1) == labels).sum()))

    def _forward(self, images: Tensor) -> tuple[list[_Passed], Tensor]:
        """Return what each hidden layer did, and what comes out of the last of them."""
        passed: list[_Passed] = []
        inputs = images
        for layer in self._hidden:
            sums = functional.linear(inputs, layer.weight, layer.bias)
            values = self._activate(sums)
            mask = self._draw_mask(values)
            passed.append(_Passed(layer, inputs, sums, values, mask))
            inputs = values if mask is None else values * mask
        return passed, inputs

    def _backward(self, passed: list[_Passed], inputs: Tensor, errors: Tensor, take: Take) -> None:
        """Go from the last layer, which was given `inputs` and made `errors`, to the first."""
        layer = self._last
        for below in reversed(passed):
            blame = errors @ layer.weight  # (batch, before)
            take(layer, errors, inputs)
            if below.mask is not None:
                blame *= below.mask
            errors = self._go_back(below, blame)
            layer, inputs = below.layer, below.inputs
        take(layer, errors, inputs)

    def _go_back(self, passed: _Passed, errors: Tensor) -> Tensor:
        """Take errors (batch, after) back through the activation."""
        if self._kernel is None:
            return errors
        backward = getattr(torch.ops.aten, self._kernel.name)
        found: Tensor = backward(errors, getattr(passed, self._kernel.of), *self._kernel.arguments)
        return found

    def _draw_mask(self, values: Tensor) -> Tensor | None:
        """Choose the units to switch off, and make the others louder, as `nn.Dropout` does."""
        if not self._dropout:
            return None
        kept = 1 - self._dropout
        return torch.empty_like(values).bernoulli_(kept).div_(kept)


def _errors(log_probabilities: Tensor, labels: Tensor) -> Tensor:
    """Return the gradient of the mean cross-entropy by the logits, (batch, 10).

    That is how far each probability is from what it should be, 1 or 0, over the batch's size.
    Torch's own function rounds as autograd does.
    """
    blame = torch.zeros_like(log_probabilities).scatter_(1, labels[:, None], -1 / len(labels))
    errors: Tensor = torch.ops.aten._log_softmax_backward_data(
        blame, log_probabilities, 1, log_probabilities.dtype
    )
    return errors
