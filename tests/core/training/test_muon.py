"""Muon: hidden layers' weights as `torch.optim.Muon` trains them, all else by AdamW."""

import dataclasses

import numpy as np
import pytest
import torch
from torch import Tensor

from mnistlab.core.network.model import MLP
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.muon import orthogonalize
from mnistlab.core.training.optimizers import make_optimizer
from tests.factories import plain_config

CONFIG = plain_config(
    units=(48, 32), optimizer="muon", learning_rate=0.01, momentum=0.5, weight_decay=2.0
)
"""Its momentum is the optimizer's own, whatever the setting."""


def make_model(config: RunConfig) -> MLP:
    return MLP(config, torch.Generator().manual_seed(3))


def draw(*shape: int) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(sum(shape)))


def test_steps_are_those_of_torch_s_muon_and_adamw() -> None:
    before, ours, theirs = (make_model(CONFIG) for _ in range(3))
    first, second, last = theirs.linear_layers
    hidden, others = [first.weight, second.weight], [first.bias, second.bias, *last.parameters()]
    steppers = (
        make_optimizer(CONFIG, ours),
        torch.optim.Muon(hidden, lr=0.01, weight_decay=2.0, adjust_lr_fn="match_rms_adamw"),
        torch.optim.AdamW(others, lr=0.01, weight_decay=2.0),
    )
    dice = torch.Generator().manual_seed(0)
    for _ in range(4):
        for own, other in zip(ours.parameters(), theirs.parameters(), strict=True):
            own.grad = other.grad = torch.randn(own.shape, generator=dice)
        for stepper in steppers:
            stepper.step()
    weights = (each.parameters() for each in (before, ours, theirs))
    for start, own, other in zip(*weights, strict=True):
        # Torch's Muon rounds to 8 bits (0.4 %) fifteen times in a step, AdamW to 24.
        rounding = 2e-2 if any(other is weight for weight in hidden) else 1e-5
        assert (own - other).norm() < rounding * (other - start).norm()


@pytest.mark.parametrize("shape", [(48, 784), (70, 30), (24, 24), (1, 9)])
def test_orthogonalizing_changes_singular_values_alone_and_by_the_polynomial(
    shape: tuple[int, int],
) -> None:
    matrix = draw(*shape)
    left, values, right = np.linalg.svd(matrix.double().numpy(), full_matrices=False)
    values /= np.linalg.norm(values)
    for _ in range(5):
        values = 3.4445 * values - 4.7750 * values**3 + 2.0315 * values**5
    expected = torch.from_numpy(left * values @ right).float()
    assert torch.allclose(orthogonalize(matrix, 5), expected, atol=1e-4)


def test_an_orthogonalized_matrix_is_about_equally_large_in_all_directions() -> None:
    values = torch.linalg.svdvals(orthogonalize(draw(48, 784), 5))
    assert len(values) == 48
    assert values.min() > 0.68
    assert values.max() < 1.14


def test_nothing_stays_nothing() -> None:
    assert not orthogonalize(torch.zeros(5, 3), 5).any()


def test_without_a_hidden_layer_it_is_adamw() -> None:
    config = dataclasses.replace(CONFIG, hidden_layers=0)
    assert type(make_optimizer(config, make_model(config))) is torch.optim.AdamW
