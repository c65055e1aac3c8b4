"""When overfitting began: curves made by hand, and a real run that overfits."""

import dataclasses
import functools

import numpy as np
import pytest

from mnistlab.core.analysis.diagnosis.change import THRESHOLD
from mnistlab.core.analysis.diagnosis.overfitting import (
    FEWEST_IMAGES,
    NotSeen,
    Onset,
    Unknown,
    find_overfitting,
)
from mnistlab.core.training.events import EpochPoint, ValidationErrors
from mnistlab.core.training.history import History, Measure
from tests.core.trainer import Trainer
from tests.factories import ERROR, curve, not_none, plain_config

IMAGES = 5_000
by_loss = functools.partial(find_overfitting, validation_images=IMAGES, measure=Measure.LOSS)
by_accuracy = functools.partial(
    find_overfitting, validation_images=IMAGES, measure=Measure.ACCURACY
)


class TestItBegan:
    HISTORY = curve([0.50, 0.31, 0.30, 0.32, 0.34, 0.36])

    def test_at_the_best_epoch_between_those_that_chance_can_not_tell_from_it(self) -> None:
        found = by_loss(self.HISTORY)
        assert isinstance(found, Onset)
        # Worse by up to 0.0233 may be chance: epochs 2 to 4.
        assert (found.earliest, found.best.epoch, found.latest) == (2, 3, 4)
        assert found.now.epoch == 6

    def test_and_is_measured_from_the_best_to_now(self) -> None:
        found = by_loss(self.HISTORY)
        assert isinstance(found, Onset)
        assert found.change.worse == pytest.approx(0.06)
        assert found.change.error == ERROR
        assert found.change.is_beyond_chance

    @pytest.mark.parametrize(("now", "costs"), [(0.90, False), (0.88, False), (0.87, True)])
    def test_and_costs_accuracy_only_beyond_chance(self, now: float, costs: bool) -> None:
        losses = [0.50, 0.31, 0.30, 0.32, 0.34, 0.36]
        found = by_loss(curve(losses, accuracies=(0.9, [0.9] * 5 + [now])))
        assert isinstance(found, Onset)
        assert found.accuracy_change.worse == pytest.approx(0.9 - now)
        assert found.accuracy_change.is_beyond_chance is costs

    def test_by_accuracy_at_another_epoch_than_by_loss(self) -> None:
        accuracies = [0.80, 0.85, 0.88, 0.90, 0.92, 0.91, 0.88, 0.87]
        history = curve(
            [0.50, 0.31, 0.30, 0.32, 0.34, 0.36, 0.38, 0.40], accuracies=(0.9, accuracies)
        )
        found = by_accuracy(history)
        assert isinstance(found, Onset)
        assert (found.earliest, found.best.epoch, found.latest) == (4, 5, 6)
        assert found.change.worse == pytest.approx(0.05)


class TestItIsNotSeen:
    def test_while_the_last_epoch_is_the_best(self) -> None:
        found = by_loss(curve([0.5, 0.4, 0.3]))
        assert isinstance(found, NotSeen)
        assert found.best is found.now

    def test_while_chance_explains_the_difference(self) -> None:
        found = by_loss(curve([0.5, 0.30, 0.30 + THRESHOLD * ERROR - 1e-6]))
        assert isinstance(found, NotSeen)
        assert (found.best.epoch, found.now.epoch) == (2, 3)

    def test_when_it_comes_back(self) -> None:
        assert isinstance(by_loss(curve([0.5, 0.30, 0.40, 0.41, 0.31])), NotSeen)

    def test_in_a_run_that_no_longer_learns_its_training_images_either(self) -> None:
        """Steps that are too big make both worse, which is another trouble."""
        losses = [0.5, 0.3, 0.4, 0.5]
        assert isinstance(by_loss(curve(losses, train_losses=[0.5, 0.3, 0.4, 0.5])), NotSeen)


class TestNothingIsSaid:
    def test_without_validation_images(self) -> None:
        points = [EpochPoint(epoch, 10, 0.5, 0.9, None, None, 1.0) for epoch in range(5)]
        found = find_overfitting(History([], points), 0, Measure.LOSS)
        assert found is Unknown.NO_VALIDATION

    @pytest.mark.parametrize("images", [1, FEWEST_IMAGES - 1])
    def test_with_too_few_of_them(self, images: int) -> None:
        assert find_overfitting(TestItBegan.HISTORY, images, Measure.LOSS) is Unknown.FEW_IMAGES

    @pytest.mark.parametrize("epochs", [0, 1, 2])
    def test_before_the_third_epoch(self, epochs: int) -> None:
        assert by_loss(curve([0.3, 0.5][:epochs])) is Unknown.EARLY

    def test_when_the_last_epoch_alone_is_worse(self) -> None:
        assert by_loss(curve([0.5, 0.30, 0.31, 0.40])) is Unknown.PERHAPS

    def test_about_runs_from_before_errors_were_kept(self) -> None:
        old = [dataclasses.replace(p, errors=None) for p in TestItBegan.HISTORY.epochs]
        assert by_loss(History([], old)) is Unknown.NO_ERRORS
        # Trained on since: the new epochs know nothing of the old ones.
        errors = ValidationErrors(0.05, 0.05, (ERROR,), (ERROR,))
        new = dataclasses.replace(old[-1], epoch=7, errors=errors)
        assert by_loss(History([], [*old, new])) is Unknown.NO_ERRORS


def test_a_thousand_images_learned_by_heart(trainer: Trainer) -> None:
    """Real training: its loss becomes worse, its accuracy does not; a second set agrees."""
    config = plain_config(
        hidden_layers=1,
        units=(64,),
        optimizer="adam",
        learning_rate=0.003,
        batch_size=32,
        epochs=20,
        training_images=1_000,
        validation_images=5_000,
        seed=0,
    )
    history = trainer.train(config).history
    found = by_loss(history)
    assert isinstance(found, Onset)
    assert found.earliest <= found.best.epoch <= found.latest < 18
    assert not found.accuracy_change.is_beyond_chance
    assert isinstance(by_accuracy(history), NotSeen)
    # The paired error is far smaller than that of the mean: which is why it is used.
    last = not_none(history.epochs[-1].errors)
    assert np.mean(last.loss_changes[:5]) < last.loss / 2
