"""Which weights are kept."""

import dataclasses

import numpy as np
import pytest
import torch

from mnistlab.core.data.mnist import Digits
from tests.core.trainer import Trainer, assert_equal, assert_same, start_from
from tests.factories import PLAIN, not_none, plain_config

OVERFITTING = plain_config(optimizer="adam", learning_rate=0.01, training_images=150, epochs=16)
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
    def test_are_those_of_the_lowest_validation_loss(self, trainer: Trainer) -> None:
        trained = trainer.train(OVERFITTING)
        losses = [not_none(point.validation_loss) for point in trained.history.epochs]
        best = int(np.argmin(losses))
        assert 0 < best < OVERFITTING.epochs, "the run should overfit"
        validation = trainer.split(OVERFITTING).validation
        by_hand = validation_loss_by_hand(not_none(trained.best_weights), validation)
        assert by_hand == pytest.approx(losses[best], rel=1e-5)
        last = validation_loss_by_hand(not_none(trained.checkpoint).weights, validation)
        assert last == pytest.approx(losses[-1], rel=1e-5)
        assert last > by_hand

    def test_are_kept_when_a_run_goes_on_and_gets_worse(self, trainer: Trainer) -> None:
        whole = trainer.train(OVERFITTING)
        later = not_none(whole.history.best_epoch).epoch + 2
        stopped = trainer.train(OVERFITTING, asks=later * (OVERFITTING.steps_per_epoch + 1))
        assert stopped.history.epochs_done == later < OVERFITTING.epochs
        resumed = trainer.train(OVERFITTING, start_from(stopped))
        assert_same(resumed, whole)

    def test_are_the_last_ones_without_validation_images(self, trainer: Trainer) -> None:
        trained = trainer.train(dataclasses.replace(OVERFITTING, validation_images=0))
        assert_equal(not_none(trained.best_weights), not_none(trained.checkpoint).weights)

    def test_are_the_last_ones_before_the_first_epoch_ends(self, trainer: Trainer) -> None:
        stopped = trainer.train(PLAIN, asks=4)
        checkpoint = not_none(stopped.checkpoint)
        assert checkpoint.progress.step == 3
        assert_equal(not_none(stopped.best_weights), checkpoint.weights)
