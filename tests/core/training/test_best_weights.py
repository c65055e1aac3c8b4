"""Which weights are kept."""

import dataclasses

import numpy as np
import pytest
import torch

from mnistlab.core.data.mnist import Digits
from mnistlab.core.training.loop import train
from tests.core.training.runs import (
    BASE,
    Split,
    after_asking,
    assert_same,
    ignore,
    never,
    start_from,
    train_whole,
)

pytestmark = pytest.mark.usefixtures("one_thread")


OVERFITTING = dataclasses.replace(
    BASE, optimizer="adam", learning_rate=0.01, training_images=150, epochs=16
)
"""Learns 150 images by heart, so that it gets worse on others towards the end."""


def validation_loss_by_hand(weights: dict[str, torch.Tensor], digits: Digits) -> float:
    """Work out the mean cross-entropy in numpy, in double precision."""
    hidden = digits.pixels.numpy() / 255
    layers = [weights[name].numpy().astype(float) for name in weights]
    for weight, bias in zip(layers[:-2:2], layers[1:-2:2], strict=True):
        hidden = np.maximum(hidden @ weight.T + bias, 0)
    logits = hidden @ layers[-2].T + layers[-1]
    right = logits[np.arange(len(logits)), digits.labels.numpy()]
    return float(np.mean(np.log(np.exp(logits).sum(axis=1)) - right))


class TestTheBestWeights:
    def test_are_those_of_the_lowest_validation_loss(self, split: Split) -> None:
        trained = train_whole(OVERFITTING, split)
        losses = [point.validation_loss for point in trained.history.epochs]
        best = int(np.argmin(losses))
        assert 0 < best < OVERFITTING.epochs, "the run should overfit"
        validation = split(OVERFITTING).validation
        by_hand = validation_loss_by_hand(trained.best_weights, validation)
        assert by_hand == pytest.approx(losses[best], rel=1e-5)
        last = validation_loss_by_hand(trained.checkpoint.weights, validation)
        assert last == pytest.approx(losses[-1], rel=1e-5)
        assert last > by_hand

    def test_are_kept_when_a_run_goes_on_and_gets_worse(self, split: Split) -> None:
        whole = train_whole(OVERFITTING, split)
        best = whole.history.best_epoch
        steps = OVERFITTING.steps_per_epoch
        stopped = train(
            OVERFITTING, split(OVERFITTING), ignore, after_asking((best.epoch + 2) * (steps + 1))
        )
        assert stopped.history.epochs_done == best.epoch + 2 < OVERFITTING.epochs
        resumed = train(OVERFITTING, split(OVERFITTING), ignore, never, start_from(stopped))
        assert_same(resumed, whole)

    def test_are_the_last_ones_without_validation_images(self, split: Split) -> None:
        config = dataclasses.replace(OVERFITTING, validation_images=0)
        trained = train_whole(config, split)
        for name, tensor in trained.checkpoint.weights.items():
            assert torch.equal(trained.best_weights[name], tensor)

    def test_are_the_last_ones_before_the_first_epoch_ends(self, split: Split) -> None:
        stopped = train(BASE, split(BASE), ignore, after_asking(4))
        assert stopped.checkpoint.progress.step == 3
        for name, tensor in stopped.checkpoint.weights.items():
            assert torch.equal(stopped.best_weights[name], tensor)
