"""What an optimizer keeps, and its learning rate."""

import copy
import dataclasses

import pytest
import torch
from torch import Tensor

from mnistlab.core.data.mnist import Digits, scale
from mnistlab.core.network.model import MLP
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.registry import OPTIMIZERS
from mnistlab.core.training.fast_step import make_fast_step
from mnistlab.core.training.optimizers import (
    get_state,
    make_optimizer,
    set_learning_rate,
    set_state,
)
from mnistlab.core.training.step import AutogradStep, Step

CONFIG = RunConfig(hidden_layers=2, units=(24, 16), dropout=0.0, weight_decay=0.1)

pytestmark = [
    pytest.mark.parametrize("is_fast", [True, False], ids=["fast", "autograd"]),
    pytest.mark.parametrize("optimizer", OPTIMIZERS),
    pytest.mark.parametrize("momentum", [0.0, 0.9]),
]


def build(
    optimizer: str, momentum: float, is_fast: bool
) -> tuple[MLP, torch.optim.Optimizer, Step]:
    config = dataclasses.replace(CONFIG, optimizer=optimizer, momentum=momentum)
    model = MLP(config, torch.Generator().manual_seed(0))
    made = make_optimizer(config, model)
    step = make_fast_step(config, model, made) if is_fast else AutogradStep(model, made)
    return model, made, step


@pytest.fixture
def batch(test_digits: Digits) -> tuple[Tensor, Tensor]:
    return scale(test_digits.pixels[:50]), test_digits.labels[:50]


def test_the_learning_rate_may_change_from_step_to_step(
    optimizer: str, momentum: float, is_fast: bool, batch: tuple[Tensor, Tensor]
) -> None:
    model, made, step = build(optimizer, momentum, is_fast)
    before = [parameter.clone() for parameter in model.parameters()]
    set_learning_rate(made, 0.0)
    step(*batch)
    assert all(map(torch.equal, before, model.parameters()))
    set_learning_rate(made, 0.05)
    step(*batch)
    assert not any(map(torch.equal, before, model.parameters()))


def test_what_is_kept_can_be_taken_over(
    optimizer: str, momentum: float, is_fast: bool, batch: tuple[Tensor, Tensor]
) -> None:
    model, made, step = build(optimizer, momentum, is_fast)
    step(*batch)
    other, follower, its_step = build(optimizer, momentum, is_fast)
    other.load_state_dict(model.state_dict())
    set_state(follower, copy.deepcopy(get_state(made)))
    step(*batch)
    its_step(*batch)
    assert all(map(torch.equal, model.parameters(), other.parameters()))
