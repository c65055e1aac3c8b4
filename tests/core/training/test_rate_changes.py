"""The learning rate, changed while a run goes on."""

import dataclasses
from collections.abc import Mapping
from itertools import count

import pytest

from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.fields import RATE_CHANGES
from mnistlab.core.settings.rate_change import RateChange
from mnistlab.core.training import loop
from mnistlab.core.training.events import Event
from tests.core.trainer import Trainer, assert_same, for_variety, ignore, start_from
from tests.factories import PLAIN, plain_config


def train_and_change(
    config: RunConfig, trainer: Trainer, rates: Mapping[int, float]
) -> loop.Trainer:
    """Train, and change the rate when the run asks for the n-th time whether it is to stop."""
    running = loop.Trainer(config, trainer.split(config), ignore)
    asked = count()

    def change() -> bool:
        if (rate := rates.get(next(asked))) is not None:
            running.change_rate(rate)
        return False

    running.run(change)
    return running


@for_variety
def test_a_run_changed_on_its_way_is_the_run_with_these_settings(
    config: RunConfig, trainer: Trainer
) -> None:
    config = dataclasses.replace(config, rate_changes=())
    changed = train_and_change(config, trainer, {4: 0.02, 9: 0.0003})
    # Each epoch's start asks too, so that the fourth question comes before the step of number 3.
    made = (RateChange(3, 0.02), RateChange(7, 0.0003))
    assert changed.config == dataclasses.replace(config, rate_changes=made)
    assert changed.history.rate_changes == list(made)
    assert_same(changed.result(), trainer.train(changed.config))


def test_a_change_shows_from_its_step_on(trainer: Trainer) -> None:
    changed = trainer.train(plain_config(rate_changes=(RateChange(5, 0.02),)))
    plain = trainer.train(PLAIN)
    assert changed.history.up_to(5) == plain.history.up_to(5)
    assert changed.history.up_to(6) != plain.history.up_to(6)


def test_a_change_is_told_when_its_step_is_taken(trainer: Trainer) -> None:
    events: list[Event] = []
    planned = RateChange(5, 0.02)
    trainer.train(plain_config(rate_changes=(planned,)), emit=events.append)
    place = events.index(planned)
    assert [event.step for event in events[place - 1 : place + 2]] == [5, 5, 10]


def test_a_change_after_the_end_never_takes_effect(trainer: Trainer) -> None:
    trained = trainer.train(plain_config(rate_changes=(RateChange(10, 0.02),)))
    assert trained.history == trainer.train(PLAIN).history


def test_of_two_changes_before_a_step_the_later_one_holds(trainer: Trainer) -> None:
    running = loop.Trainer(PLAIN, trainer.split(PLAIN), ignore)
    running.change_rate(0.02)
    running.change_rate(0.03)
    assert running.config.rate_changes == (RateChange(0, 0.03),)


def test_a_run_trained_on_keeps_its_changes(trainer: Trainer) -> None:
    config = plain_config(rate_changes=(RateChange(3, 0.02),))
    longer = dataclasses.replace(config, epochs=4)
    joined = trainer.train(longer, start_from(trainer.train(config)))
    assert_same(joined, trainer.train(longer))


def test_a_run_takes_no_more_changes_than_its_settings_may_have(trainer: Trainer) -> None:
    changes = tuple(RateChange(step, 0.1) for step in range(RATE_CHANGES.most))
    full = plain_config(rate_changes=changes)
    assert train_and_change(full, trainer, {3: 0.5}).config == full


@pytest.mark.parametrize("step", [0, 4, 5, 9])
def test_a_run_stopped_at_a_change_makes_it_once(trainer: Trainer, step: int) -> None:
    config = plain_config(rate_changes=(RateChange(5, 0.02),))
    stopped = trainer.train(config, asks=step)
    assert_same(trainer.train(config, start_from(stopped)), trainer.train(config))
