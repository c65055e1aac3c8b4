"""A run stopped, and trained on."""

import dataclasses
from typing import Any

import pytest
import torch

from mnistlab.core.network.model import MLP, copy_weights, pack
from mnistlab.core.training.events import Event, StepPoint
from mnistlab.core.training.loop import train
from tests.core.training.plain import plain_rates
from tests.core.training.runs import (
    BASE,
    DROPOUT,
    MOMENTUM,
    NO_VALIDATION,
    ONE_CYCLE,
    Split,
    after_asking,
    assert_same,
    for_variety,
    ignore,
    never,
    start_from,
    train_whole,
)

pytestmark = pytest.mark.usefixtures("one_thread")


class TestStopping:
    @for_variety
    def test_anywhere_and_going_on_gives_the_run_that_was_never_stopped(
        self, changes: dict[str, Any], split: Split
    ) -> None:
        config = dataclasses.replace(BASE, **changes)
        splits, whole = split(config), train_whole(config, split)
        stopped_at = set()
        for times in range(12):
            first = train(config, splits, ignore, after_asking(times))
            assert first.stopped
            stopped_at.add(first.checkpoint.progress.step)
            events: list[Event] = []
            second = train(config, splits, events.append, never, start_from(first))
            assert_same(second, whole)
            assert second.history.steps == first.history.steps + [
                event for event in events if isinstance(event, StepPoint)
            ]
        assert stopped_at == set(range(10))

    @for_variety
    def test_twice_and_going_on_gives_the_run_that_was_never_stopped(
        self, changes: dict[str, Any], split: Split
    ) -> None:
        config = dataclasses.replace(BASE, **changes)
        splits = split(config)
        first = train(config, splits, ignore, after_asking(3))
        second = train(config, splits, ignore, after_asking(6), start_from(first))
        steps = [part.checkpoint.progress.step for part in (first, second)]
        assert steps == [2, 6]
        assert (first.stopped, second.stopped) == (True, True)
        third = train(config, splits, ignore, never, start_from(second))
        assert_same(third, train_whole(config, split))

    def test_leaves_the_curve_up_to_there(self, split: Split) -> None:
        whole = train_whole(BASE, split).history
        for times in range(12):
            stopped = train(BASE, split(BASE), ignore, after_asking(times))
            assert stopped.stopped
            assert stopped.history == whole.up_to(stopped.checkpoint.progress.step)

    def test_at_once_leaves_the_untrained_network(self, split: Split) -> None:
        stopped = train(BASE, split(BASE), ignore, lambda: True)
        assert stopped.stopped
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(BASE.seed)
            untrained = copy_weights(MLP(BASE))
        assert pack(stopped.best_weights) == pack(untrained)
        assert (stopped.history.steps, len(stopped.history.epochs)) == ([], 1)
        assert pack(stopped.checkpoint.weights) == pack(untrained)

    def test_after_the_last_step_is_no_stop(self, split: Split) -> None:
        assert not train_whole(BASE, split).stopped
        finished = train(BASE, split(BASE), ignore, after_asking(12))
        assert_same(finished, train_whole(BASE, split))

    def test_a_start_can_be_used_again(self, split: Split) -> None:
        config = dataclasses.replace(BASE, **ONE_CYCLE)
        start = start_from(train(config, split(config), ignore, after_asking(4)))
        once, again = (train(config, split(config), ignore, never, start) for _ in range(2))
        assert_same(once, again)
        assert start.checkpoint.progress.step == 3
        assert start.history.steps[-1].step == 1


class TestTrainingOn:
    @pytest.mark.parametrize("changes", [MOMENTUM, DROPOUT, NO_VALIDATION])
    def test_at_a_constant_rate_is_the_longer_run(
        self, changes: dict[str, Any], split: Split
    ) -> None:
        config = dataclasses.replace(BASE, **changes)
        longer = dataclasses.replace(config, epochs=5)
        first = train_whole(config, split)
        joined = train(longer, split(longer), ignore, never, start_from(first))
        assert_same(joined, train_whole(longer, split))

    @pytest.mark.parametrize("schedule", ["cosine", "one_cycle"])
    def test_begins_the_schedule_again_for_the_epochs_that_are_left(
        self, schedule: str, split: Split
    ) -> None:
        config = dataclasses.replace(BASE, batch_size=450, epochs=11, schedule=schedule)
        longer = dataclasses.replace(config, epochs=32)
        first = train_whole(config, split)
        joined = train(longer, split(longer), ignore, never, start_from(first)).history
        assert [point.step for point in joined.steps] == list(range(1, 33))
        assert joined.up_to(11) == first.history
        left = dataclasses.replace(config, epochs=21)
        rates = [point.learning_rate for point in joined.steps]
        assert rates == pytest.approx(plain_rates(config) + plain_rates(left))

    def test_joins_without_a_jump(self, split: Split) -> None:
        config = dataclasses.replace(BASE, **ONE_CYCLE, epochs=4)
        longer = dataclasses.replace(config, epochs=8)
        first = train_whole(config, split)
        joined = train(longer, split(longer), ignore, never, start_from(first)).history
        before, after = joined.epochs[4], joined.epochs[5]
        untrained = joined.epochs[0].validation_loss
        assert abs(after.validation_loss - before.validation_loss) < 0.1 * untrained

    def test_after_a_stop_begins_the_schedule_again_where_it_stopped(self, split: Split) -> None:
        config = dataclasses.replace(BASE, batch_size=450, epochs=11, schedule="one_cycle")
        longer = dataclasses.replace(config, epochs=17)
        stopped = train(config, split(config), ignore, after_asking(8))
        assert stopped.checkpoint.progress.step == 4
        joined = train(longer, split(longer), ignore, never, start_from(stopped)).history
        left = dataclasses.replace(config, epochs=13)
        rates = [point.learning_rate for point in joined.steps]
        assert rates == pytest.approx(plain_rates(config)[:4] + plain_rates(left))

    def test_a_longer_run_can_be_stopped_and_gone_on_with(self, split: Split) -> None:
        config = dataclasses.replace(BASE, **ONE_CYCLE)
        longer = dataclasses.replace(config, epochs=4)
        start = start_from(train_whole(config, split))
        stopped = train(longer, split(longer), ignore, after_asking(4), start)
        assert stopped.checkpoint.progress.step == 13
        resumed = train(longer, split(longer), ignore, never, start_from(stopped))
        assert_same(resumed, train(longer, split(longer), ignore, never, start))

    def test_of_a_finished_run_as_planned_adds_nothing(self, split: Split) -> None:
        finished = train_whole(BASE, split)
        events: list[Event] = []
        again = train(BASE, split(BASE), events.append, never, start_from(finished))
        assert_same(again, finished)
        assert events == []
