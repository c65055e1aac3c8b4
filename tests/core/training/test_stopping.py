"""A run stopped, and trained on."""

import dataclasses

import pytest
import torch

from mnistlab.core.network.model import MLP, copy_weights
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.checkpoint import Trained
from mnistlab.core.training.events import Event, StepPoint
from tests.core.trainer import (
    DROPOUT,
    MOMENTUM,
    NO_VALIDATION,
    ONE_CYCLE,
    Trainer,
    assert_equal,
    assert_same,
    for_variety,
    start_from,
)
from tests.core.training.plain import plain_rates
from tests.factories import PLAIN, not_none, plain_config


def steps_of(trained: Trained) -> int:
    return not_none(trained.checkpoint).progress.step


class TestStopping:
    @for_variety
    def test_anywhere_and_going_on_gives_the_run_that_was_never_stopped(
        self, config: RunConfig, trainer: Trainer
    ) -> None:
        whole = trainer.train(config)
        stopped_at = set()
        for times in range(12):
            first = trainer.train(config, asks=times)
            assert first.stopped
            stopped_at.add(steps_of(first))
            events: list[Event] = []
            second = trainer.train(config, start_from(first), emit=events.append)
            assert_same(second, whole)
            assert second.history.steps == first.history.steps + [
                event for event in events if isinstance(event, StepPoint)
            ]
        assert stopped_at == set(range(10))

    @for_variety
    def test_twice_and_going_on_gives_the_run_that_was_never_stopped(
        self, config: RunConfig, trainer: Trainer
    ) -> None:
        first = trainer.train(config, asks=3)
        second = trainer.train(config, start_from(first), asks=6)
        steps = [steps_of(part) for part in (first, second)]
        assert steps == [2, 6]
        assert (first.stopped, second.stopped) == (True, True)
        third = trainer.train(config, start_from(second))
        assert_same(third, trainer.train(config))

    def test_leaves_the_curve_up_to_there(self, trainer: Trainer) -> None:
        whole = trainer.train(PLAIN).history
        for times in range(12):
            stopped = trainer.train(PLAIN, asks=times)
            assert stopped.stopped
            assert stopped.history == whole.up_to(steps_of(stopped))

    def test_at_once_leaves_the_untrained_network(self, trainer: Trainer) -> None:
        stopped = trainer.train(PLAIN, asks=0)
        assert stopped.stopped
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(PLAIN.seed)
            untrained = copy_weights(MLP(PLAIN))
        assert_equal(not_none(stopped.best_weights), untrained)
        assert (stopped.history.steps, len(stopped.history.epochs)) == ([], 1)
        assert_equal(not_none(stopped.checkpoint).weights, untrained)

    def test_after_the_last_step_is_no_stop(self, trainer: Trainer) -> None:
        assert not trainer.train(PLAIN).stopped
        finished = trainer.train(PLAIN, asks=12)
        assert_same(finished, trainer.train(PLAIN))

    def test_a_start_can_be_used_again(self, trainer: Trainer) -> None:
        start = start_from(trainer.train(ONE_CYCLE, asks=4))
        once, again = (trainer.train(ONE_CYCLE, start) for _ in range(2))
        assert_same(once, again)
        assert start.checkpoint.progress.step == 3
        assert start.history.steps[-1].step == 1


class TestTrainingOn:
    @pytest.mark.parametrize("config", [MOMENTUM, DROPOUT, NO_VALIDATION])
    def test_at_a_constant_rate_is_the_longer_run(
        self, config: RunConfig, trainer: Trainer
    ) -> None:
        longer = dataclasses.replace(config, epochs=5)
        first = trainer.train(config)
        joined = trainer.train(longer, start_from(first))
        assert_same(joined, trainer.train(longer))

    @pytest.mark.parametrize("schedule", ["cosine", "one_cycle"])
    def test_begins_the_schedule_again_for_the_epochs_that_are_left(
        self, schedule: str, trainer: Trainer
    ) -> None:
        config = plain_config(batch_size=450, epochs=11, schedule=schedule)
        longer = dataclasses.replace(config, epochs=32)
        first = trainer.train(config)
        joined = trainer.train(longer, start_from(first)).history
        assert [point.step for point in joined.steps] == list(range(1, 33))
        assert joined.up_to(11) == first.history
        left = dataclasses.replace(config, epochs=21)
        rates = [point.learning_rate for point in joined.steps]
        assert rates == pytest.approx(plain_rates(config) + plain_rates(left))

    def test_joins_without_a_jump(self, trainer: Trainer) -> None:
        shorter, longer = (dataclasses.replace(ONE_CYCLE, epochs=epochs) for epochs in (4, 8))
        first = trainer.train(shorter)
        joined = trainer.train(longer, start_from(first)).history
        untrained, *_, before, after = (not_none(e.validation_loss) for e in joined.epochs[:6])
        assert abs(after - before) < 0.1 * untrained

    def test_after_a_stop_begins_the_schedule_again_where_it_stopped(
        self, trainer: Trainer
    ) -> None:
        config = plain_config(batch_size=450, epochs=11, schedule="one_cycle")
        longer = dataclasses.replace(config, epochs=17)
        stopped = trainer.train(config, asks=8)
        assert steps_of(stopped) == 4
        joined = trainer.train(longer, start_from(stopped)).history
        left = dataclasses.replace(config, epochs=13)
        rates = [point.learning_rate for point in joined.steps]
        assert rates == pytest.approx(plain_rates(config)[:4] + plain_rates(left))

    def test_a_longer_run_can_be_stopped_and_gone_on_with(self, trainer: Trainer) -> None:
        longer = dataclasses.replace(ONE_CYCLE, epochs=4)
        start = start_from(trainer.train(ONE_CYCLE))
        stopped = trainer.train(longer, start, asks=4)
        assert steps_of(stopped) == 13
        resumed = trainer.train(longer, start_from(stopped))
        assert_same(resumed, trainer.train(longer, start))

    def test_of_a_finished_run_as_planned_adds_nothing(self, trainer: Trainer) -> None:
        finished = trainer.train(PLAIN)
        events: list[Event] = []
        again = trainer.train(PLAIN, start_from(finished), emit=events.append)
        assert_same(again, finished)
        assert events == []
