"""The optimizer of a run and its state."""

import torch
from torch import Tensor

from mnistlab.core.network.model import MLP
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.registry import OPTIMIZERS

State = dict[int, dict[str, Tensor]]
"""An optimizer's state for each parameter, by the parameter's place in the model."""


def make_optimizer(config: RunConfig, model: MLP) -> torch.optim.Optimizer:
    """Return the optimizer of `config` for the parameters of `model`."""
    spec = OPTIMIZERS[config.optimizer]
    options: dict[str, float | bool] = {}
    if spec.takes_momentum:
        options["momentum"] = config.momentum
    if spec.has_fused:
        options["fused"] = True
    optimizer: torch.optim.Optimizer = getattr(torch.optim, spec.module)(
        model.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay, **options
    )
    return optimizer


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
    optimizer.load_state_dict({**optimizer.state_dict(), "state": state})
