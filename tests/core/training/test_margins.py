"""Margins of training images: which image has which, and over which epochs."""

import dataclasses

import pytest
import torch

from mnistlab.core.data.batches import image_order
from mnistlab.core.network.model import pack, restore, unpack
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training import loop
from mnistlab.core.training.checkpoint import Checkpoint
from mnistlab.core.training.evaluate import predict_logits
from mnistlab.core.training.margins import Margins
from tests.core.trainer import Trainer, for_variety, ignore, never, start_from
from tests.factories import EXPLODING, not_none, plain_config

SIX = plain_config(training_images=6, batch_size=4, epochs=3)
"""Two steps an epoch, the second with two images."""

ONE_STEP = plain_config(batch_size=450, epochs=2)
"""One step an epoch."""


class TestSums:
    def test_follow_the_order_of_each_epoch(self) -> None:
        margins = Margins.none_yet(6)
        margins.add(SIX, 3, torch.tensor([0.0, 1.0, 2.0, 3.0]))
        margins.add(SIX, 4, torch.tensor([4.0, 5.0]))
        margins.add(SIX, 5, torch.tensor([10.0, 11.0, 12.0, 13.0, 14.0, 15.0]))
        second, third = (image_order(SIX, epoch).tolist() for epoch in (1, 2))
        by_hand = [second.index(image) + 10 + third.index(image) for image in range(6)]
        assert margins.sums.tolist() == by_hand

    def test_of_the_first_epoch_are_kept_only_if_none_is_better(self) -> None:
        margins = Margins.none_yet(1)
        kept = []
        for epoch, (margin, is_best) in enumerate([(8.0, True), (2.0, True), (3.0, True)], 1):
            margins.sums += margin
            margins.end_epoch(epoch, is_best)
            kept.append(not_none(margins.means).item())
        assert kept == [8.0, 2.0, 2.5]

    def test_of_epochs_after_the_best_don_t_count(self) -> None:
        margins = Margins.none_yet(1)
        for epoch, is_best in enumerate([True, True, False, False, True], 1):
            margins.sums += epoch
            margins.end_epoch(epoch, is_best)
            if not is_best:
                assert not_none(margins.means).item() == 2.0
        assert not_none(margins.means).item() == (2 + 3 + 4 + 5) / 4


class TestInTraining:
    def test_are_those_of_the_network_before_its_step(self, trainer: Trainer) -> None:
        trained = trainer.train(ONE_STEP)
        assert not_none(trained.history.best_epoch).epoch == 2
        once = dataclasses.replace(ONE_STEP, epochs=1)
        before = restore(once, not_none(trainer.train(once).checkpoint).weights)
        digits = trainer.split(ONE_STEP).train
        for logits, label, margin in zip(
            predict_logits(before, digits.pixels).tolist(),
            digits.labels.tolist(),
            not_none(trained.margins).tolist(),
            strict=True,
        ):
            others = logits[:label] + logits[label + 1 :]
            assert margin == pytest.approx(logits[label] - max(others), abs=1e-5)

    def test_of_single_images_are_all_counted(self, trainer: Trainer) -> None:
        config = plain_config(batch_size=1, training_images=40, learning_rate=0.01)
        assert not_none(trainer.train(config).margins).count_nonzero() == 40

    def test_without_validation_images_count_up_to_the_lowest_training_loss(
        self, trainer: Trainer
    ) -> None:
        config = plain_config(batch_size=450, epochs=3, validation_images=0)
        trained = trainer.train(config)
        losses = [not_none(point.train_loss) for point in trained.history.epochs[1:]]
        assert losses == sorted(losses, reverse=True), "the last epoch should be the best"
        sums = not_none(not_none(trained.checkpoint).margins).sums
        assert not_none(trained.margins).equal(sums / 2)  # the first is left out

    @for_variety
    def test_change_no_curve(self, config: RunConfig, trainer: Trainer) -> None:
        without = loop.Trainer(config, trainer.split(config), ignore)
        without.margins = None
        without.run(never)
        assert without.result().margins is None
        assert without.result().history == trainer.train(config).history


class TestWhatIsKept:
    def test_is_nothing_before_an_epoch_ends(self, trainer: Trainer) -> None:
        assert trainer.train(ONE_STEP, asks=0).margins is None

    def test_of_a_divergence_is_what_goes_with_the_weights(self, trainer: Trainer) -> None:
        early = dataclasses.replace(EXPLODING, learning_rate=100.0, training_images=10_000)
        assert trainer.train(early).margins is None
        late = dataclasses.replace(
            EXPLODING, schedule="range_test", learning_rate=10.0, training_images=2_000
        )
        trained = trainer.train(late)
        assert trained.history.divergence is not None
        assert not_none(trained.margins).isfinite().all()

    def test_of_a_run_that_began_before_margins_were_kept_is_nothing(
        self, trainer: Trainer
    ) -> None:
        first = trainer.train(ONE_STEP, asks=3)
        tensors = unpack(not_none(first.checkpoint).to_bytes())
        old = {name: each for name, each in tensors.items() if not name.startswith("margin_")}
        assert len(old) == len(tensors) - 2
        checkpoint = Checkpoint.from_bytes(pack(old))
        start = start_from(dataclasses.replace(first, checkpoint=checkpoint))
        rest = trainer.train(ONE_STEP, start)
        assert rest.margins is None
        assert rest.history == trainer.train(ONE_STEP).history
