"""A faster version of `step.py`: an explicit backward pass, and in SGD no stored gradients.

For the notebook's network the first takes 0.86 of autograd's time, both take 0.66
(`python -m benchmarks steps`, our own measurement, one core).
"""

import functools

import torch
from torch import Tensor

from mnistlab.core.data.reproducible import SingleThread, reproducible
from mnistlab.core.network.model import MLP
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.registry import OPTIMIZERS
from mnistlab.core.training.backward_pass import BackwardPass
from mnistlab.core.training.step import Step


def make_fast_step(config: RunConfig, model: MLP, optimizer: torch.optim.Optimizer) -> Step:
    """Return the fastest step for the settings of a run."""
    if OPTIMIZERS[config.optimizer].is_plain and not config.momentum:
        return InPlaceStep(config, model, optimizer)
    return GradientStep(config, model, optimizer)


class GradientStep:
    """Computes gradients equal to autograd's to the last bit, reusing their memory.

    Args:
        config: The run's settings.
        model: The network.
        optimizer: Changes its parameters.
    """

    def __init__(self, config: RunConfig, model: MLP, optimizer: torch.optim.Optimizer) -> None:
        self._widths = config.widths
        self._parameters = [(layer.weight, layer.bias) for layer in model.linear_layers]
        self._optimizer = optimizer
        self._backward_pass = BackwardPass(config, model)

    def __call__(self, images: Tensor, labels: Tensor) -> Tensor:
        """See `Step`."""
        errors_by_layer: list[tuple[int, Tensor]] = []

        def keep_gradient(number: int, errors: Tensor, inputs: Tensor) -> None:
            weight, _ = self._parameters[number]
            weight.grad = torch.mm(errors.T, inputs, out=weight.grad)
            errors_by_layer.append((number, errors))

        with reproducible(len(labels), *self._widths):
            log_probabilities = self._backward_pass.run(images, labels, keep_gradient)
        with SingleThread():  # all biases at once, since each change of threads takes time
            for number, errors in errors_by_layer:
                _, bias = self._parameters[number]
                bias.grad = torch.sum(errors, dim=0, out=bias.grad)
        self._optimizer.step()
        return log_probabilities


class InPlaceStep:
    """Plain SGD that subtracts each gradient while it is being computed.

    A weight's change is added before it is rounded, where the optimizer rounds it first.
    Otherwise both give the same weights.

    Args:
        config: The run's settings.
        model: The network.
        optimizer: Has the learning rate and the weight decay.
    """

    def __init__(self, config: RunConfig, model: MLP, optimizer: torch.optim.Optimizer) -> None:
        self._widths = config.widths
        self._layers = model.parameters_by_layer()
        self._optimizer = optimizer
        self._backward_pass = BackwardPass(config, model)

    def __call__(self, images: Tensor, labels: Tensor) -> Tensor:
        """See `Step`."""
        group = self._optimizer.param_groups[0]
        rate, kept = group["lr"], 1 - group["lr"] * group["weight_decay"]
        errors_by_layer: list[tuple[int, Tensor]] = []

        def move_weights(number: int, errors: Tensor, inputs: Tensor) -> None:
            self._layers[number].weight.addmm_(errors.T, inputs, beta=kept, alpha=-rate)
            errors_by_layer.append((number, errors))

        with reproducible(len(labels), *self._widths):
            log_probabilities = self._backward_pass.run(images, labels, move_weights)
        with SingleThread():  # all biases at once, since each change of threads takes time
            ones = _ones(len(labels))
            for number, errors in errors_by_layer:
                self._layers[number].bias.addmv_(errors.T, ones, beta=kept, alpha=-rate)
        return log_probabilities


@functools.lru_cache(maxsize=4)
def _ones(number: int) -> Tensor:
    return torch.ones(number)
