"""The curves of a run, and what can be asked of them."""

import math

from mnistlab.core.history import EpochPoint, Event, History, StepPoint


def step(number: int, seconds: float = 0.0) -> StepPoint:
    return StepPoint(number, number / 10, 0.1 + 0.2, 0.875, 0.002, seconds)


def epoch(number: int, validation_loss: float | None, seconds: float = 0.0) -> EpochPoint:
    accuracy = None if validation_loss is None else 1 / 3
    return EpochPoint(number, 10 * number, 0.25, 0.9, validation_loss, accuracy, seconds)


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
    history = curves(UNTRAINED, step(1), step(10), epoch(1, 0.5), step(20))
    assert history.steps == [step(1), step(10), step(20)]
    assert history.epochs == [UNTRAINED, epoch(1, 0.5)]
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
    assert copy == curves(UNTRAINED, step(1))


def test_it_can_be_cut_at_a_step() -> None:
    history = curves(UNTRAINED, step(1), step(10), epoch(1, 0.5), step(11), epoch(2, 0.4))
    assert history.up_to(10) == curves(UNTRAINED, step(1), step(10), epoch(1, 0.5))
    assert history.up_to(9) == curves(UNTRAINED, step(1))
    assert history.up_to(0) == curves(UNTRAINED)
    assert len(history.steps) == 3


def test_it_survives_json_with_every_digit_and_its_times() -> None:
    history = curves(UNTRAINED, step(1, 0.1), epoch(1, math.pi, 0.7), epoch(2, None))
    again = History.from_json(history.to_json())
    assert again == history
    assert again.to_json() == history.to_json()
    assert again.steps[0].seconds == 0.1
    assert again.epochs[1].seconds == 0.7
