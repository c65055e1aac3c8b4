"""A step's update, against torch's own optimizers."""

import copy
import dataclasses

import pytest
import torch
from torch import Tensor

from mnistlab.core.data.mnist import Digits, scale
from mnistlab.core.network.model import MLP
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.registry import OPTIMIZERS
from mnistlab.core.training.descent import Descent

CONFIG = RunConfig(
    hidden_layers=2,
    units=(24, 16),
    dropout=0.0,
    momentum=0.0,
    learning_rate=0.05,
    weight_decay=0.1,
)

pytestmark = pytest.mark.usefixtures("one_thread")


def build(config: RunConfig) -> tuple[MLP, Descent]:
    torch.manual_seed(0)
    model = MLP(config)
    return model, Descent(config, model)


@pytest.fixture
def batch(test_digits: Digits) -> tuple[Tensor, Tensor]:
    return scale(test_digits.pixels[:50]), test_digits.labels[:50]


@pytest.mark.parametrize("momentum", [0.0, 0.9])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_both_ways_of_a_step_learn_the_same(
    name: str, momentum: float, batch: tuple[Tensor, Tensor]
) -> None:
    config = dataclasses.replace(CONFIG, optimizer=name, momentum=momentum)
    fast, by_gradients = build(config), build(config)
    for _ in range(5):
        said = fast[1].step(*batch), by_gradients[1].step_by_gradients(*batch)
        assert torch.allclose(*said, rtol=1e-5, atol=1e-6)
    for one, other in zip(fast[0].parameters(), by_gradients[0].parameters(), strict=True):
        # A plain step adds a gradient before it is rounded.
        assert torch.allclose(one, other, rtol=1e-5, atol=1e-7)


def test_only_plain_descent_leaves_no_gradient(batch: tuple[Tensor, Tensor]) -> None:
    plain, descent = build(dataclasses.replace(CONFIG, optimizer="sgd"))
    descent.step(*batch)
    assert not any(p.grad is not None and p.grad.any() for p in plain.parameters())
    other, descent = build(dataclasses.replace(CONFIG, optimizer="sgd", momentum=0.5))
    descent.step(*batch)
    assert all(p.grad is not None and p.grad.any() for p in other.parameters())


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_rate_may_change_from_step_to_step(name: str, batch: tuple[Tensor, Tensor]) -> None:
    model, descent = build(dataclasses.replace(CONFIG, optimizer=name))
    descent.rate = 0.0
    before = [parameter.clone() for parameter in model.parameters()]
    descent.step(*batch)
    assert all(map(torch.equal, before, model.parameters()))
    descent.rate = 0.05
    descent.step(*batch)
    assert not any(map(torch.equal, before, model.parameters()))


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_what_the_optimizer_remembers_can_be_taken_over(
    name: str, batch: tuple[Tensor, Tensor]
) -> None:
    config = dataclasses.replace(CONFIG, optimizer=name, momentum=0.9)
    model, descent = build(config)
    descent.step(*batch)
    other, follower = build(config)
    other.load_state_dict(model.state_dict())
    follower.recall(copy.deepcopy(descent.memory()))
    descent.step(*batch)
    follower.step(*batch)
    assert all(map(torch.equal, model.parameters(), other.parameters()))
