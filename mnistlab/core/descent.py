"""A training step: errors from the backward pass become changes of the weights."""

import functools
from typing import Any

import torch
from torch import Tensor

from mnistlab.core.backprop import Backprop, Outcome
from mnistlab.core.config import RunConfig
from mnistlab.core.model import MLP, build_optimizer
from mnistlab.core.registry import OPTIMIZERS
from mnistlab.core.steady import Alone, steady


class Descent:
    """Takes a network down its loss, batch by batch.

    Attributes:
        rate: The learning rate of the last step, or of the next.
    """

    def __init__(self, config: RunConfig, model: MLP) -> None:
        self.rate = config.learning_rate
        self._config = config
        self._backprop = Backprop(config, model)
        self._layers = model.parameters_by_layer()
        self._optimizer = build_optimizer(config, model)
        self._gradients = model.make_gradients()
        self._is_plain = OPTIMIZERS[config.optimizer].is_plain and not config.momentum

    def step(self, images: Tensor, labels: Tensor) -> Outcome:
        """Learn from images (batch, 784) and their labels (batch,), in the fastest way."""
        if self._is_plain:
            return self._step_in_place(images, labels)
        return self.step_by_gradients(images, labels)

    def step_by_gradients(self, images: Tensor, labels: Tensor) -> Outcome:
        """Do the same, and leave each parameter's gradient in its `grad`."""
        for group in self._optimizer.param_groups:
            group["lr"] = self.rate
        with steady(len(labels), *self._config.widths):
            outcome = self._backprop.run(images, labels, self._keep_gradient)
        self._optimizer.step()
        return outcome

    def _step_in_place(self, images: Tensor, labels: Tensor) -> Outcome:
        """Subtract each gradient while it is being computed.

        It then never needs to be written to memory and read again, which takes a fifth of an
        epoch of the notebook's network (our own measurement, two cores).
        """
        with steady(len(labels), *self._config.widths):
            return self._backprop.run(images, labels, self._move)

    def _move(self, number: int, errors: Tensor, inputs: Tensor) -> None:
        layer = self._layers[number]
        kept = 1 - self.rate * self._config.weight_decay
        layer.weight.addmm_(errors.T, inputs, beta=kept, alpha=-self.rate)
        with Alone():
            ones = _ones(len(errors))
            layer.bias.addmv_(errors.T, ones, beta=kept, alpha=-self.rate)  # sums over the batch

    def _keep_gradient(self, number: int, errors: Tensor, inputs: Tensor) -> None:
        """Write a layer's gradients over its last ones."""
        gradient = self._gradients[number]
        torch.mm(errors.T, inputs, out=gradient.weight)
        with Alone():
            torch.sum(errors, dim=0, out=gradient.bias)

    def memory(self) -> dict[int, Any]:
        """Return what the optimizer remembers of each parameter, by the parameter's number.

        It goes on changing with each step.
        """
        memory: dict[int, Any] = self._optimizer.state_dict()["state"]
        return memory

    def recall(self, memory: dict[int, Any]) -> None:
        """Take over what `memory` returned."""
        state = self._optimizer.state_dict()
        self._optimizer.load_state_dict({**state, "state": memory})


@functools.lru_cache(maxsize=4)
def _ones(number: int) -> Tensor:
    return torch.ones(number)
