"""The curves of a run, and what can be asked of them."""

import dataclasses
import math

from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.rate_change import RateChange
from mnistlab.core.training.events import (
    Divergence,
    EpochPoint,
    Event,
    LayerState,
    Probe,
    StepPoint,
    ValidationErrors,
)
from mnistlab.core.training.history import History


def step(number: int, seconds: float = 0.0) -> StepPoint:
    return StepPoint(number, number / 10, 0.1 + 0.2, 0.875, 0.002, seconds)


def epoch(number: int, validation_loss: float | None, seconds: float = 0.0) -> EpochPoint:
    accuracy = None if validation_loss is None else 1 / 3
    return EpochPoint(number, 10 * number, 0.25, 0.9, validation_loss, accuracy, seconds)


def probe(number: int) -> Probe:
    hidden = LayerState(0.1 + 0.2, 1 / 3, None, 0.5, 0.25, 0.0)
    return Probe(number, number / 10, (hidden, LayerState(0.5, None, 0.125)), 1e-6)


UNTRAINED = EpochPoint(0, 0, None, None, 2.3, 0.1, 0.0)


def curves(*events: Event) -> History:
    history = History()
    for event in events:
        history.add(event)
    return history


def test_an_empty_history_has_no_best_epoch_and_took_no_time() -> None:
    history = History()
    assert (history.epochs_done, history.best_epoch, history.seconds) == (0, None, 0.0)


def test_points_are_kept_in_the_order_in_which_they_come() -> None:
    history = curves(UNTRAINED, probe(1), step(1), step(10), epoch(1, 0.5), probe(15), step(20))
    assert history.steps == [step(1), step(10), step(20)]
    assert history.epochs == [UNTRAINED, epoch(1, 0.5)]
    assert history.probes == [probe(1), probe(15)]
    assert history.epochs_done == 1


def test_histories_are_equal_whatever_time_they_took() -> None:
    assert curves(step(1, 1.0), epoch(1, 0.5, 1.0)) == curves(step(1, 2.0), epoch(1, 0.5, 3.0))
    assert curves(step(1)) != curves(step(2))
    assert curves(epoch(1, 0.5)) != curves(epoch(1, 0.25))


class TestTheBestEpoch:
    def test_has_the_lowest_validation_loss(self) -> None:
        history = curves(UNTRAINED, epoch(1, 0.5), epoch(2, 0.25), epoch(3, 0.375))
        assert history.best_epoch == epoch(2, 0.25)

    def test_is_the_first_of_equals(self) -> None:
        history = curves(UNTRAINED, epoch(1, 0.5), epoch(2, 0.25), epoch(3, 0.25))
        assert history.best_epoch == epoch(2, 0.25)

    def test_is_never_the_untrained_network(self) -> None:
        assert curves(UNTRAINED).best_epoch is None
        assert curves(UNTRAINED, epoch(1, 9.0)).best_epoch == epoch(1, 9.0)

    def test_does_not_exist_without_validation_images(self) -> None:
        assert curves(epoch(0, None), epoch(1, None)).best_epoch is None

    def test_may_have_a_loss_of_zero(self) -> None:
        assert curves(UNTRAINED, epoch(1, 0.0), epoch(2, 0.5)).best_epoch == epoch(1, 0.0)


def test_seconds_are_those_of_the_last_step() -> None:
    assert curves(step(1, 0.5), step(10, 2.5), epoch(1, 0.5, 1.0)).seconds == 2.5


def test_epochs_trained_count_parts_of_one() -> None:
    assert History().epochs_trained == 0.0
    last = step(10, 2.5)
    assert curves(step(1, 0.5), last, epoch(1, 0.5, 1.0)).epochs_trained == last.epoch


def test_a_copy_does_not_grow_with_the_original() -> None:
    history = curves(UNTRAINED, step(1))
    copy = history.copy()
    history.add(step(10))
    history.add(epoch(1, 0.5))
    history.add(probe(10))
    history.add(RateChange(10, 0.1))
    assert copy == curves(UNTRAINED, step(1))


def test_it_can_be_cut_at_a_step() -> None:
    first = (UNTRAINED, probe(1), step(1))
    history = curves(*first, step(10), epoch(1, 0.5), step(11), probe(12), epoch(2, 0.4))
    assert history.up_to(10) == curves(*first, step(10), epoch(1, 0.5))
    assert history.up_to(9) == curves(*first)
    assert history.up_to(0) == curves(UNTRAINED)
    assert len(history.steps) == 3


def test_its_rate_changes_are_those_of_the_steps_that_were_taken() -> None:
    changes = RateChange(3, 0.1), RateChange(8, 0.2)
    history = curves(UNTRAINED, *changes, step(10))
    assert history.up_to(9).rate_changes == [*changes]
    assert history.up_to(8).rate_changes == [changes[0]]
    later = curves(RateChange(12, 0.3))
    history.extend(later)
    assert history.rate_changes == [*changes, *later.rate_changes]
    assert history.base_rate(RunConfig()) == 0.3
    assert later.up_to(12).base_rate(RunConfig(learning_rate=0.7)) == 0.7


def test_a_later_stretch_is_appended() -> None:
    history = curves(UNTRAINED, probe(1), step(1))
    history.extend(curves(step(10), probe(10), epoch(1, 0.5)))
    assert history == curves(UNTRAINED, probe(1), step(1), step(10), probe(10), epoch(1, 0.5))


def test_it_ends_where_the_loss_left_all_numbers_behind() -> None:
    history = curves(UNTRAINED, step(1))
    assert history.divergence is None
    history.extend(curves(step(2), Divergence(2, 0.2)))
    assert history.divergence == Divergence(2, 0.2)
    assert history.copy() == history
    assert History.from_json(history.to_json()) == history
    assert history.up_to(1) == curves(UNTRAINED, step(1))


def test_it_survives_json_with_every_digit_and_its_times() -> None:
    errors = ValidationErrors(0.1, 0.2, (1 / 3, 0.5), (0.25, 0.125))
    sure = dataclasses.replace(epoch(1, math.pi, 0.7), errors=errors, train_loss_error=1 / 7)
    history = curves(UNTRAINED, probe(1), step(1, 0.1), RateChange(1, 1 / 3), sure, epoch(2, None))
    again = History.from_json(history.to_json())
    assert again == history
    assert again.to_json() == history.to_json()
    assert again.steps[0].seconds == 0.1
    assert again.epochs[1].seconds == 0.7


def test_one_from_before_errors_were_kept_is_read() -> None:
    point = '{"epoch": 1, "step": 10, "train_loss": 0.25, "train_accuracy": 0.9, '
    point += '"validation_loss": 0.5, "validation_accuracy": 0.3333333333333333, "seconds": 2.0}'
    assert History.from_json(f'{{"steps": [], "epochs": [{point}]}}') == curves(epoch(1, 0.5))
