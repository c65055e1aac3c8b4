"""A loss that is infinite or not a number, and what is kept of what was learned before."""

import dataclasses
import math

import pytest

from mnistlab.core.network.model import restore
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.checkpoint import Trained
from mnistlab.core.training.evaluate import score
from mnistlab.core.training.events import Divergence, EpochPoint, Event, StepPoint
from tests.core.trainer import Trainer, assert_equal, start_from
from tests.core.training.plain import plain_losses
from tests.factories import EXPLODING, not_none, plain_config

LATE = dataclasses.replace(
    EXPLODING, schedule="range_test", learning_rate=10.0, epochs=20, training_images=2_000
)
"""Learns for some epochs while its rate rises, until that is too high."""


class TestDivergence:
    @pytest.mark.parametrize("rate", [100.0, 37.5, 2.0])
    def test_is_recorded_with_its_step_as_the_last_event(
        self, rate: float, trainer: Trainer
    ) -> None:
        config = dataclasses.replace(EXPLODING, learning_rate=rate)
        step = first_infinite_loss(config, trainer)
        events: list[Event] = []
        trained = trainer.train(config, emit=events.append)
        assert events[-1] == trained.history.divergence
        assert events[-1] == Divergence(step, step / 5, "training", events[-1].kept_epoch)
        assert not trained.stopped

    def test_is_seen_in_the_validation_before_the_next_step(self, trainer: Trainer) -> None:
        config = dataclasses.replace(EXPLODING, batch_size=450)
        step = first_infinite_loss(config, trainer)
        divergence = not_none(trainer.train(config).history.divergence)
        assert divergence.split == "validation"
        assert (divergence.step, divergence.epoch) == (step - 1, step - 1)

    def test_is_seen_although_the_run_is_stopped_before_its_next_point(
        self, trainer: Trainer
    ) -> None:
        step = first_infinite_loss(EXPLODING, trainer)
        asks = step + 1 + -(-step // 5)  # each epoch's start asks too
        stopped = trainer.train(EXPLODING, asks=asks)
        assert not_none(stopped.history.divergence).step == step
        assert not stopped.stopped

    def test_leaves_only_finite_points(self, trainer: Trainer) -> None:
        events: list[Event] = []
        trainer.train(EXPLODING, emit=events.append)
        assert len(events) >= 2
        for event in events:
            if not isinstance(event, StepPoint | EpochPoint):
                continue
            losses = [event.train_loss, getattr(event, "validation_loss", None)]
            assert all(math.isfinite(loss) for loss in losses if loss is not None)

    def test_does_not_hide_behind_a_large_loss_that_is_still_finite(self, trainer: Trainer) -> None:
        config = plain_config(learning_rate=100.0)
        history = trainer.train(config).history
        assert max(point.train_loss for point in history.steps) > 1e6
        assert history.epochs_done == 2
        assert history.divergence is None


class TestWhatIsKept:
    def test_of_a_run_that_diverges_late_are_the_best_epoch_s_weights(
        self, trainer: Trainer
    ) -> None:
        trained = trainer.train(LATE)
        assert not_none(not_none(trained.history.best_epoch).validation_accuracy) > 0.6
        assert_kept_is_the_best_epoch(trained, LATE, trainer)

    def test_of_a_run_that_diverges_in_its_first_epoch_is_nothing(self, trainer: Trainer) -> None:
        config = dataclasses.replace(EXPLODING, learning_rate=100.0, training_images=10_000)
        trained = trainer.train(config)
        assert trained.history.epochs_done == 0
        assert kept_epoch(trained) is None
        assert trained.best_weights is None
        assert trained.checkpoint is None

    def test_of_a_continuation_that_was_better_before_it_diverged_is_its_own(
        self, trainer: Trainer
    ) -> None:
        first = trainer.train(dataclasses.replace(LATE, epochs=1))
        assert first.history.divergence is None
        continued = train_on(LATE, first, trainer)
        assert not_none(continued.history.best_epoch).epoch > 1
        assert_kept_is_the_best_epoch(continued, LATE, trainer)

    def test_of_a_continuation_that_diverges_at_once_is_the_earlier_part_s_best(
        self, trainer: Trainer
    ) -> None:
        mild = dataclasses.replace(EXPLODING, learning_rate=0.05, epochs=3)
        first = trainer.train(mild)
        wild = dataclasses.replace(mild, learning_rate=100.0, epochs=6)
        continued = train_on(wild, first, trainer)
        assert continued.history.best_epoch == first.history.best_epoch
        assert_kept_is_the_best_epoch(continued, wild, trainer)

    def test_of_a_continuation_without_a_whole_epoch_is_where_it_started(
        self, trainer: Trainer
    ) -> None:
        mild = dataclasses.replace(EXPLODING, learning_rate=0.05, training_images=10_000)
        stopped = trainer.train(mild, asks=4)
        wild = dataclasses.replace(mild, learning_rate=100.0)
        continued = train_on(wild, stopped, trainer)
        assert continued.history.epochs_done == 0
        assert kept_epoch(continued) == 3 / 100
        assert_equal(not_none(continued.best_weights), not_none(stopped.best_weights))

    def test_without_validation_images_is_by_training_loss(self, trainer: Trainer) -> None:
        config = dataclasses.replace(LATE, validation_images=0)
        trained = trainer.train(config)
        losses = [not_none(point.train_loss) for point in trained.history.epochs[1:]]
        kept = not_none(kept_epoch(trained))
        assert kept == 1 + losses.index(min(losses)) > 1
        asks = int(kept) * (config.steps_per_epoch + 1)  # each epoch asks once more
        shorter = trainer.train(config, asks=asks)
        assert_equal(not_none(trained.best_weights), not_none(shorter.best_weights))

    def test_is_never_what_made_the_loss_infinite(self, trainer: Trainer) -> None:
        mild = plain_config(validation_images=0, batch_size=450, epochs=1)
        first = trainer.train(mild)
        for weights in (not_none(first.best_weights), not_none(first.checkpoint).weights):
            for tensor in weights.values():
                tensor.mul_(1e15)  # finite, but no product of three layers is
        continued = train_on(dataclasses.replace(mild, epochs=2), first, trainer)
        assert kept_epoch(continued) is None
        assert continued.best_weights is None


def train_on(config: RunConfig, earlier: Trained, trainer: Trainer) -> Trained:
    trained = trainer.train(config, start_from(earlier))
    assert trained.history.divergence is not None, "the continuation should diverge"
    return trained


def kept_epoch(trained: Trained) -> float | None:
    return not_none(trained.history.divergence).kept_epoch


def assert_kept_is_the_best_epoch(trained: Trained, config: RunConfig, trainer: Trainer) -> None:
    """The weights, asked anew, have the validation figures of the history's best epoch."""
    best, weights = not_none(trained.history.best_epoch), not_none(trained.best_weights)
    measured = score(restore(config, weights), trainer.split(config).validation)
    assert measured.loss == pytest.approx(best.validation_loss, rel=1e-6)
    assert measured.accuracy == best.validation_accuracy
    assert kept_epoch(trained) == best.epoch
    assert trained.checkpoint is None


def first_infinite_loss(config: RunConfig, trainer: Trainer) -> int:
    """Return the first step of a plain loop whose loss is not finite."""
    losses, _ = plain_losses(config, trainer.split(config))
    return next(step for step, loss in enumerate(losses, 1) if not math.isfinite(loss))
