"""The optimizer of a run and its state."""

from collections.abc import Iterable

import torch
from torch import Tensor, nn

from mnistlab.core.network.model import MLP
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.registry import OPTIMIZERS, Optimizer
from mnistlab.core.training.muon import Muon

State = dict[int, dict[str, Tensor]]
"""An optimizer's state for each parameter, by the parameter's place among the optimizer's."""


def make_optimizer(config: RunConfig, model: MLP) -> torch.optim.Optimizer:
    """Return the optimizer of `config` for the parameters of `model`."""
    spec = OPTIMIZERS[config.optimizer]
    *hidden, last = model.linear_layers
    if not hidden or not spec.newton_schulz_steps:
        return _make(spec, config, model.parameters())
    weights = [layer.weight for layer in hidden]
    rest = [*(layer.bias for layer in hidden), *last.parameters()]
    muon = Muon(weights, config.learning_rate, config.weight_decay, spec.newton_schulz_steps)
    return ChainedOptimizer(muon, _make(spec, config, rest))


def _make(
    spec: Optimizer, config: RunConfig, parameters: Iterable[nn.Parameter]
) -> torch.optim.Optimizer:
    options: dict[str, float | bool] = {}
    if spec.takes_momentum:
        options["momentum"] = config.momentum
    if spec.has_fused:
        options["fused"] = True
    optimizer: torch.optim.Optimizer = getattr(torch.optim, spec.module)(
        parameters, lr=config.learning_rate, weight_decay=config.weight_decay, **options
    )
    return optimizer


class ChainedOptimizer(torch.optim.Optimizer):
    """Optimizers of different parameters as one: they share its groups and its state.

    Args:
        parts: Step one after another.
    """

    def __init__(self, *parts: torch.optim.Optimizer) -> None:
        super().__init__([group for part in parts for group in part.param_groups], defaults={})
        self._parts = parts
        for part in parts:
            part.state = self.state

    def step(self, closure: None = None) -> None:  # type: ignore[override]
        """Take a step along gradients that are there."""
        for part in self._parts:
            part.step()


def set_learning_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    """Set the learning rate of the steps to come."""
    for group in optimizer.param_groups:
        group["lr"] = rate


def get_state(optimizer: torch.optim.Optimizer) -> State:
    """Return the optimizer's state, which each step changes in place."""
    state: State = optimizer.state_dict()["state"]
    return state


def set_state(optimizer: torch.optim.Optimizer, state: State) -> None:
    """Set the state that `get_state` returned."""
    parameters = [each for group in optimizer.param_groups for each in group["params"]]
    optimizer.state.update({parameters[place]: kept for place, kept in state.items()})
