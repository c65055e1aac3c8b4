"""A loss that is infinite or not a number, and what is kept of what was learned before."""

import dataclasses
import math

import pytest
import torch

from mnistlab.core.network.model import restore
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.checkpoint import Start, Trained
from mnistlab.core.training.evaluate import score
from mnistlab.core.training.events import Divergence, Event, Probe
from mnistlab.core.training.loop import train
from tests.core.training.plain import plain_losses
from tests.core.training.runs import (
    BASE,
    EXPLODING,
    Split,
    after_asking,
    ignore,
    never,
    start_from,
    train_whole,
)

pytestmark = pytest.mark.usefixtures("one_thread")

LATE = dataclasses.replace(
    EXPLODING, schedule="range_test", learning_rate=10.0, epochs=20, training_images=2_000
)
"""Learns for some epochs while its rate rises, until that is too high."""


class TestDivergence:
    @pytest.mark.parametrize("rate", [100.0, 37.5, 2.0])
    def test_is_recorded_with_its_step_as_the_last_event(self, rate: float, split: Split) -> None:
        config = dataclasses.replace(EXPLODING, learning_rate=rate)
        step = first_infinite_loss(config, split)
        events: list[Event] = []
        trained = train(config, split(config), events.append, never)
        assert events[-1] == trained.history.divergence
        assert events[-1] == Divergence(step, step / 5, "training", events[-1].kept_epoch)
        assert not trained.stopped

    def test_is_seen_in_the_validation_before_the_next_step(self, split: Split) -> None:
        config = dataclasses.replace(EXPLODING, batch_size=450)
        step = first_infinite_loss(config, split)
        divergence = train_whole(config, split).history.divergence
        assert divergence.split == "validation"
        assert (divergence.step, divergence.epoch) == (step - 1, step - 1)

    def test_is_seen_although_the_run_is_stopped_before_its_next_point(self, split: Split) -> None:
        step = first_infinite_loss(EXPLODING, split)
        asks = step + 1 + -(-step // 5)  # each epoch's start asks too
        stopped = train(EXPLODING, split(EXPLODING), ignore, after_asking(asks))
        assert stopped.history.divergence.step == step
        assert not stopped.stopped

    def test_leaves_only_finite_points(self, split: Split) -> None:
        events: list[Event] = []
        train(EXPLODING, split(EXPLODING), events.append, never)
        assert len(events) >= 2
        for event in events:
            if isinstance(event, Probe | Divergence):
                continue
            losses = [event.train_loss, getattr(event, "validation_loss", None)]
            assert all(math.isfinite(loss) for loss in losses if loss is not None)

    def test_does_not_hide_behind_a_large_loss_that_is_still_finite(self, split: Split) -> None:
        config = dataclasses.replace(BASE, learning_rate=100.0)
        history = train_whole(config, split).history
        assert max(point.train_loss for point in history.steps) > 1e6
        assert history.epochs_done == 2
        assert history.divergence is None


class TestWhatIsKept:
    def test_of_a_run_that_diverges_late_are_the_best_epoch_s_weights(self, split: Split) -> None:
        trained = train_whole(LATE, split)
        assert trained.history.best_epoch.validation_accuracy > 0.6
        assert_kept_is_the_best_epoch(trained, LATE, split)

    def test_of_a_run_that_diverges_in_its_first_epoch_is_nothing(self, split: Split) -> None:
        config = dataclasses.replace(EXPLODING, learning_rate=100.0, training_images=10_000)
        trained = train_whole(config, split)
        assert trained.history.epochs_done == 0
        assert trained.history.divergence.kept_epoch is None
        assert trained.best_weights is None
        assert trained.checkpoint is None

    def test_of_a_continuation_that_was_better_before_it_diverged_is_its_own(
        self, split: Split
    ) -> None:
        first = train_whole(dataclasses.replace(LATE, epochs=1), split)
        assert first.history.divergence is None
        continued = train_on(LATE, first, split)
        assert continued.history.best_epoch.epoch > 1
        assert_kept_is_the_best_epoch(continued, LATE, split)

    def test_of_a_continuation_that_diverges_at_once_is_the_earlier_part_s_best(
        self, split: Split
    ) -> None:
        mild = dataclasses.replace(EXPLODING, learning_rate=0.05, epochs=3)
        first = train_whole(mild, split)
        wild = dataclasses.replace(mild, learning_rate=100.0, epochs=6)
        continued = train_on(wild, first, split)
        assert continued.history.best_epoch == first.history.best_epoch
        assert_kept_is_the_best_epoch(continued, wild, split)

    def test_of_a_continuation_without_a_whole_epoch_is_where_it_started(
        self, split: Split
    ) -> None:
        mild = dataclasses.replace(EXPLODING, learning_rate=0.05, training_images=10_000)
        stopped = train(mild, split(mild), ignore, after_asking(4))
        wild = dataclasses.replace(mild, learning_rate=100.0)
        continued = train_on(wild, stopped, split)
        assert continued.history.epochs_done == 0
        assert continued.history.divergence.kept_epoch == 3 / 100
        assert same_weights(continued, start_from(stopped))

    def test_without_validation_images_is_by_training_loss(self, split: Split) -> None:
        config = dataclasses.replace(LATE, validation_images=0)
        trained = train_whole(config, split)
        losses = [point.train_loss for point in trained.history.epochs[1:]]
        kept = trained.history.divergence.kept_epoch
        assert kept == 1 + losses.index(min(losses)) > 1
        shorter = train(config, split(config), ignore, after_epochs(config, int(kept)))
        assert same_weights(trained, start_from(shorter))

    def test_is_never_what_made_the_loss_infinite(self, split: Split) -> None:
        mild = dataclasses.replace(BASE, validation_images=0, batch_size=450, epochs=1)
        first = train_whole(mild, split)
        for weights in (first.best_weights, first.checkpoint.weights):
            for tensor in weights.values():
                tensor.mul_(1e15)  # finite, but no product of three layers is
        continued = train_on(dataclasses.replace(mild, epochs=2), first, split)
        assert continued.history.divergence.kept_epoch is None
        assert continued.best_weights is None


def train_on(config: RunConfig, earlier: Trained, split: Split) -> Trained:
    trained = train(config, split(config), ignore, never, start_from(earlier))
    assert trained.history.divergence is not None, "the continuation should diverge"
    return trained


def after_epochs(config: RunConfig, epochs: int) -> object:
    """Return a `should_stop` that ends a run after whole epochs, each of which asks once more."""
    return after_asking(epochs * (config.steps_per_epoch + 1))


def same_weights(trained: Trained, start: Start) -> bool:
    """Tell whether a run kept the weights of its start, to the last bit."""
    expected = start.best_weights
    return all(torch.equal(tensor, expected[name]) for name, tensor in trained.best_weights.items())


def assert_kept_is_the_best_epoch(trained: Trained, config: RunConfig, split: Split) -> None:
    """The weights, asked anew, have the validation figures of the history's best epoch."""
    best, divergence = trained.history.best_epoch, trained.history.divergence
    assert divergence is not None, "the run should diverge"
    measured = score(restore(config, trained.best_weights), split(config).validation)
    assert measured.loss == pytest.approx(best.validation_loss, rel=1e-6)
    assert measured.accuracy == best.validation_accuracy
    assert divergence.kept_epoch == best.epoch
    assert trained.checkpoint is None


def first_infinite_loss(config: RunConfig, split: Split) -> int:
    """Return the first step of a plain loop whose loss is not finite."""
    losses, _ = plain_losses(config, split(config))
    return next(step for step, loss in enumerate(losses, 1) if not math.isfinite(loss))
