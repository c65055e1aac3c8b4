"""The points of a run's curves."""

import math
from itertools import pairwise

import numpy as np
import pytest

from mnistlab.core.settings.rate_change import RateChange
from mnistlab.core.training.events import EpochPoint, Event, Probe, StepPoint
from mnistlab.core.training.history import History
from tests.core.trainer import Trainer
from tests.core.training.plain import plain_rates
from tests.factories import PLAIN, not_none, plain_config


class TestTheCurves:
    def test_begin_with_the_untrained_network(self, trainer: Trainer) -> None:
        history = trainer.train(PLAIN).history
        first = history.epochs[0]
        assert (first.epoch, first.step, first.train_loss, first.train_accuracy) == (
            0,
            0,
            None,
            None,
        )
        assert first.validation_loss == pytest.approx(math.log(10), abs=0.1)

    def test_have_a_point_at_the_first_step_and_at_each_epoch_s_end(self, trainer: Trainer) -> None:
        history = trainer.train(PLAIN).history
        assert [point.step for point in history.steps] == [1, 5, 10]
        assert [point.epoch for point in history.steps] == [0.2, 1.0, 2.0]
        assert [point.step for point in history.epochs] == [0, 5, 10]
        assert [point.epoch for point in history.epochs] == [0, 1, 2]

    def test_have_points_at_even_distances_within_an_epoch(self, trainer: Trainer) -> None:
        # 0.4 ms + 6 · 669,706 · 64 / 60e9 s = 4.69 ms a step: at most 64 of the 69 to a point.
        config = plain_config(units=(512,), batch_size=64, training_images=4_400, epochs=1)
        history = trainer.train(config).history
        assert [point.step for point in history.steps] == [1, 35, 69]

    def test_average_over_images_to_the_epoch_s_mean(self, trainer: Trainer) -> None:
        config = plain_config(epochs=3, dropout=0.3)
        history = trainer.train(config).history
        for epoch in history.epochs[1:]:
            points = [p for p in history.steps if epoch.epoch - 1 < p.epoch <= epoch.epoch]
            steps = [epoch.step - 5, *(point.step for point in points)]
            images = [
                min(100 * (b - epoch.step + 5), 450) - 100 * (a - epoch.step + 5)
                for a, b in pairwise(steps)
            ]
            assert sum(images) == 450
            for name in ("train_loss", "train_accuracy"):
                mean = np.average([getattr(point, name) for point in points], weights=images)
                assert getattr(epoch, name) == pytest.approx(mean)

    def test_say_how_far_chance_could_move_an_epoch_s_loss(self, trainer: Trainer) -> None:
        # A point for each step, so that each batch's loss is known.
        config = plain_config(epochs=1, units=(2048, 2048), training_images=400, batch_size=200)
        history = trainer.train(config).history
        one, other = (point.train_loss for point in history.steps)
        assert history.epochs[1].train_loss_error == pytest.approx(abs(one - other) / 2)

    def test_are_emitted_as_they_are_made(self, trainer: Trainer) -> None:
        events: list[Event] = []
        trained = trainer.train(PLAIN, emit=events.append)
        rebuilt = History()
        for event in events:
            rebuilt.add(event)
        assert rebuilt == trained.history
        order = [(type(event), event.step) for event in events]
        assert order == [
            (EpochPoint, 0),
            (Probe, 1),
            (StepPoint, 1),
            (StepPoint, 5),
            (EpochPoint, 5),
            (StepPoint, 10),
            (EpochPoint, 10),
        ]

    def test_take_time_that_only_grows(self, trainer: Trainer) -> None:
        history = trainer.train(PLAIN).history
        seconds = [point.seconds for point in history.steps]
        assert seconds[0] > 0
        assert seconds == sorted(seconds)
        assert all(point.seconds > 0 for point in history.epochs[1:])
        # The run's time has the first epoch's validation in it, the epochs' times have not.
        assert sum(point.seconds for point in history.epochs) < seconds[-1] - 1e-6

    def test_show_that_it_learned(self, trainer: Trainer) -> None:
        config = plain_config(training_images=3_000, epochs=3, momentum=0.9)
        last = trainer.train(config).history.epochs[-1]
        assert not_none(last.train_accuracy) > 0.8
        assert not_none(last.validation_accuracy) > 0.8

    def test_are_empty_of_validation_without_validation_images(self, trainer: Trainer) -> None:
        config = plain_config(validation_images=0)
        for point in trainer.train(config).history.epochs:
            assert (point.validation_loss, point.validation_accuracy) == (None, None)

    @pytest.mark.parametrize("schedule", ["constant", "cosine", "one_cycle"])
    def test_show_the_learning_rate_of_torch_s_own_schedule(
        self, schedule: str, trainer: Trainer
    ) -> None:
        config = plain_config(batch_size=450, epochs=21, schedule=schedule)
        points = trainer.train(config).history.steps
        assert [point.learning_rate for point in points] == pytest.approx(plain_rates(config))

    @pytest.mark.parametrize("schedule", ["constant", "cosine"])
    def test_show_the_changes_of_the_learning_rate(self, schedule: str, trainer: Trainer) -> None:
        changes = (RateChange(3, 0.02), RateChange(11, 0.4))
        config = plain_config(batch_size=450, epochs=21, schedule=schedule, rate_changes=changes)
        history = trainer.train(config).history
        rates = [point.learning_rate for point in history.steps]
        assert rates == pytest.approx(plain_rates(config))
        assert history.rate_changes == list(changes)
