"""A training step: errors from the backward pass become changes of the weights."""

import functools
from typing import Any

import torch
from torch import Tensor

from mnistlab.core.network.model import MLP, build_optimizer
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.registry import OPTIMIZERS
from mnistlab.core.steady import Alone, steady
from mnistlab.core.training.backprop import Backprop


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
        self._errors: list[tuple[int, Tensor]] = []
        self._is_plain = OPTIMIZERS[config.optimizer].is_plain and not config.momentum

    def step(self, images: Tensor, labels: Tensor) -> Tensor:
        """Learn from images (batch, 784) and their labels (batch,), in the fastest way.

        Returns:
            The logarithms of the probabilities that it gave before it learned, (10, batch).
        """
        if self._is_plain:
            return self._step_in_place(images, labels)
        return self.step_by_gradients(images, labels)

    def step_by_gradients(self, images: Tensor, labels: Tensor) -> Tensor:
        """Do the same, and leave each parameter's gradient in its `grad`."""
        for group in self._optimizer.param_groups:
            group["lr"] = self.rate
        with steady(len(labels), *self._config.widths):
            log_probabilities = self._backprop.run(images, labels, self._keep_gradient)
        with Alone():
            for number, errors in self._take_errors():
                torch.sum(errors, dim=0, out=self._gradients[number].bias)
        self._optimizer.step()
        return log_probabilities

    def _step_in_place(self, images: Tensor, labels: Tensor) -> Tensor:
        """Subtract each gradient while it is being computed.

        It then never needs to be written to memory and read again, which takes a fifth of an
        epoch of the notebook's network (our own measurement, two cores).
        """
        with steady(len(labels), *self._config.widths):
            log_probabilities = self._backprop.run(images, labels, self._move_weights)
        with Alone():
            ones = _ones(len(labels))
            for number, errors in self._take_errors():
                bias = self._layers[number].bias
                bias.addmv_(errors.T, ones, beta=self._kept, alpha=-self.rate)
        return log_probabilities

    @property
    def _kept(self) -> float:
        """What weight decay leaves of a parameter in a step."""
        return 1 - self.rate * self._config.weight_decay

    def _move_weights(self, number: int, errors: Tensor, inputs: Tensor) -> None:
        weight = self._layers[number].weight
        weight.addmm_(errors.T, inputs, beta=self._kept, alpha=-self.rate)
        self._errors.append((number, errors))

    def _keep_gradient(self, number: int, errors: Tensor, inputs: Tensor) -> None:
        """Write the gradient of a layer's weights over the last one."""
        torch.mm(errors.T, inputs, out=self._gradients[number].weight)
        self._errors.append((number, errors))

    def _take_errors(self) -> list[tuple[int, Tensor]]:
        """Return each layer's number and errors (batch, after), whose sums move its biases.

        All at the end, so that the number of threads changes but once for them.
        """
        errors, self._errors = self._errors, []
        return errors

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
