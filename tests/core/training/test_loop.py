"""The training loop, against a plain PyTorch loop."""

import dataclasses
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional

from mnistlab.core.settings.activations import ACTIVATIONS
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.rate_change import RateChange
from mnistlab.core.training.events import StepPoint
from tests.core.trainer import Trainer
from tests.core.training.plain import plain_losses
from tests.factories import not_none, plain_config

VECTORS = plain_config(batch_size=96, training_images=448)
"""Each batch is a whole number of the processor's vectors, so that all is rounded alike."""

CHANGES = (RateChange(2, 0.004), RateChange(7, 0.0005))


def means_between(points: list[StepPoint], losses: list[float], config: RunConfig) -> list[float]:
    """Return the mean loss per image of the batches between each point and the next."""
    left_over = config.training_images % config.batch_size or config.batch_size
    full = config.steps_per_epoch - 1
    sizes = ([config.batch_size] * full + [left_over]) * config.epochs
    ends = [0, *(point.step for point in points)]
    return [
        np.average(losses[first:last], weights=sizes[first:last]) for first, last in pairwise(ends)
    ]


def train_both(
    config: RunConfig, trainer: Trainer
) -> tuple[list[float], list[float], list[tuple[Tensor, Tensor]]]:
    """Return the curve's losses and the plain loop's, and both networks' weights in pairs."""
    losses, network = plain_losses(config, trainer.split(config))
    trained = trainer.train(config)
    points = trained.history.steps
    weights = zip(
        not_none(trained.checkpoint).weights.values(), network.state_dict().values(), strict=True
    )
    return (
        [point.train_loss for point in points],
        means_between(points, losses, config),
        list(weights),
    )


class TestAgainstAPlainLoop:
    @pytest.mark.parametrize(
        "changes",
        [
            {"momentum": 0.9, "learning_rate": 0.02},
            {"momentum": 0.5, "dropout": 0.5, "batch_size": 80},
            {"optimizer": "rmsprop", "learning_rate": 0.001},
            {"optimizer": "rmsprop", "learning_rate": 0.001, "momentum": 0.5},
            {"optimizer": "adam", "learning_rate": 0.002, "weight_decay": 0.1},
            {"optimizer": "adamw", "learning_rate": 0.002, "weight_decay": 0.1},
            {"optimizer": "adamw", "learning_rate": 0.002, "dropout": 0.3, "seed": 999_999},
            {"optimizer": "adam", "learning_rate": 0.002, "batch_size": 448, "epochs": 8},
            {"optimizer": "adam", "batch_size": 4_096, "epochs": 3},
            {"optimizer": "adam", "learning_rate": 0.002, "rate_changes": CHANGES},
            *({"optimizer": "adam", "activation": name} for name in ACTIVATIONS),
        ],
    )
    def test_losses_and_weights_are_identical(
        self, changes: dict[str, Any], trainer: Trainer
    ) -> None:
        config = dataclasses.replace(VECTORS, **changes)
        losses, expected, weights = train_both(config, trainer)
        assert losses == pytest.approx(expected, rel=1e-12)
        for ours, plain in weights:
            assert torch.equal(ours, plain)

    @pytest.mark.parametrize(
        "changes",
        [
            {},
            {"batch_size": 90},
            {"weight_decay": 0.1},
            {"dropout": 0.5},
            {"batch_size": 450, "epochs": 8},
            {"rate_changes": CHANGES, "weight_decay": 0.1},
            {"batch_size": 4_096, "epochs": 3},
            {"batch_size": 1, "training_images": 40, "learning_rate": 0.01},
            *({"activation": name} for name in ACTIVATIONS),
        ],
    )
    def test_plain_descent_rounds_once_where_torch_rounds_twice(
        self, changes: dict[str, Any], trainer: Trainer
    ) -> None:
        losses, expected, weights = train_both(plain_config(**changes), trainer)
        assert losses == pytest.approx(expected, rel=1e-6)
        for ours, plain in weights:
            assert torch.allclose(ours, plain, rtol=1e-5, atol=1e-6)

    @pytest.mark.parametrize("optimizer", ["rmsprop", "adam"])
    @pytest.mark.parametrize("batch_size", [1, 90])
    def test_batches_of_any_size_teach_the_same_but_for_rounding(
        self, optimizer: str, batch_size: int, trainer: Trainer
    ) -> None:
        config = plain_config(optimizer=optimizer, learning_rate=0.001, batch_size=batch_size)
        losses, expected, weights = train_both(config, trainer)
        assert losses == pytest.approx(expected, rel=1e-4)
        for ours, plain in weights:
            assert torch.allclose(ours, plain, rtol=1e-3, atol=1e-4)

    @pytest.mark.parametrize("schedule", ["cosine", "one_cycle"])
    @pytest.mark.parametrize("batch_size", [100, 450])
    def test_losses_are_the_same_with_torch_s_own_schedule(
        self, schedule: str, batch_size: int, trainer: Trainer
    ) -> None:
        config = plain_config(schedule=schedule, batch_size=batch_size, epochs=6)
        losses, _ = plain_losses(config, trainer.split(config))
        points = trainer.train(config).history.steps
        expected = means_between(points, losses, config)
        assert [point.train_loss for point in points] == pytest.approx(expected, rel=1e-4)

    def test_scores_are_the_same(self, trainer: Trainer) -> None:
        config = plain_config(dropout=0.5)
        splits = trainer.split(config)
        _, network = plain_losses(config, splits)
        logits = network(splits.validation.pixels / 255).detach()
        last = trainer.train(config).history.epochs[-1]
        loss = functional.cross_entropy(logits, splits.validation.labels).item()
        assert last.validation_loss == pytest.approx(loss, rel=1e-4)
        right = logits.argmax(dim=1) == splits.validation.labels
        assert last.validation_accuracy == right.sum().item() / 200
