"""Which weights are kept."""

import dataclasses

import numpy as np
import pytest
import torch

from mnistlab.core.data.mnist import Digits
from mnistlab.core.network.model import restore
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.checkpoint import Start, Trained
from mnistlab.core.training.evaluate import score
from mnistlab.core.training.per_image import PerImage
from tests.core.trainer import Trainer, assert_equal, assert_same, start_from
from tests.factories import EXPLODING, PLAIN, not_none, plain_config

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


def assert_scores_are_of_the_kept_weights(
    trained: Trained, config: RunConfig, trainer: Trainer
) -> None:
    """Measured anew with the weights that are kept, each image's figures are the same."""
    scores = not_none(trained.validation)
    model = restore(config, not_none(trained.best_weights))
    measured = score(model, trainer.split(config).validation)
    assert scores.epoch == not_none(trained.history.best_epoch).epoch
    assert (scores.losses.dtype, scores.hits.dtype) == (np.float16, np.bool_)
    np.testing.assert_allclose(scores.losses, measured.losses, rtol=1e-3, atol=1e-4)
    assert np.array_equal(scores.hits, measured.hits)


class TestTheirScores:
    def test_are_of_the_best_epoch(self, trainer: Trainer) -> None:
        trained = trainer.train(OVERFITTING)
        assert_scores_are_of_the_kept_weights(trained, OVERFITTING, trainer)
        assert not_none(trained.validation).epoch < OVERFITTING.epochs

    def test_are_of_a_whole_epoch_when_a_run_is_stopped(self, trainer: Trainer) -> None:
        stopped = trainer.train(PLAIN, asks=PLAIN.steps_per_epoch + 4)
        assert stopped.stopped
        assert not_none(stopped.validation).epoch == 1
        assert_scores_are_of_the_kept_weights(stopped, PLAIN, trainer)

    def test_are_of_the_earlier_part_if_that_was_better(self, trainer: Trainer) -> None:
        later = 2 + not_none(trainer.train(OVERFITTING).history.best_epoch).epoch
        stopped = trainer.train(OVERFITTING, asks=later * (OVERFITTING.steps_per_epoch + 1))
        resumed = trainer.train(OVERFITTING, start_from(stopped))
        assert not_none(resumed.validation).epoch < later < resumed.history.epochs_done
        assert_scores_are_of_the_kept_weights(resumed, OVERFITTING, trainer)

    def test_are_of_the_weights_that_a_divergence_leaves(self, trainer: Trainer) -> None:
        config = dataclasses.replace(EXPLODING, schedule="range_test", learning_rate=10.0)
        diverged = trainer.train(config)
        assert diverged.history.divergence
        assert_scores_are_of_the_kept_weights(diverged, config, trainer)

    def test_are_none_if_a_divergence_leaves_no_weights(self, trainer: Trainer) -> None:
        config = dataclasses.replace(EXPLODING, learning_rate=100.0, training_images=10_000)
        diverged = trainer.train(config)
        assert diverged.best_weights is None
        assert diverged.validation is None

    def test_are_none_before_the_first_epoch_ends(self, trainer: Trainer) -> None:
        assert trainer.train(PLAIN, asks=4).validation is None

    def test_are_none_without_validation_images(self, trainer: Trainer) -> None:
        assert trainer.train(plain_config(validation_images=0)).validation is None

    def test_are_none_of_an_epoch_from_before_they_were_kept(self, trainer: Trainer) -> None:
        start = start_from(trainer.train(OVERFITTING))
        best = not_none(start.history.best_epoch)
        bare = dataclasses.replace(start.checkpoint, per_image=PerImage())
        longer = dataclasses.replace(OVERFITTING, epochs=OVERFITTING.epochs + 2)
        resumed = trainer.train(longer, Start(bare, start.history, start.best_weights))
        assert resumed.history.best_epoch == best
        assert resumed.validation is None

    def test_are_kept_of_later_epochs_of_such_a_run(self, trainer: Trainer) -> None:
        start = start_from(trainer.train(PLAIN))
        bare = dataclasses.replace(start.checkpoint, per_image=PerImage())
        longer = dataclasses.replace(PLAIN, epochs=PLAIN.epochs + 3)
        resumed = trainer.train(longer, Start(bare, start.history, start.best_weights))
        assert not_none(resumed.validation).epoch > PLAIN.epochs
        assert_scores_are_of_the_kept_weights(resumed, longer, trainer)
