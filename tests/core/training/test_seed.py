"""What a seed promises, and what no run may look at."""

import contextlib
import dataclasses
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import cast

import pytest
import torch

from mnistlab.core.data.mnist import Digits
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.checkpoint import Trained
from mnistlab.core.training.loop import train
from tests.core.trainer import (
    Trainer,
    assert_equal,
    assert_same,
    for_variety,
    ignore,
    never,
    start_from,
)
from tests.factories import EXPLODING, PLAIN, not_none, plain_config


class TestTheSeed:
    @for_variety
    def test_gives_the_same_run_number_for_number(
        self, config: RunConfig, trainer: Trainer
    ) -> None:
        torch.rand(3)
        first = trainer.train(config)
        torch.rand(5)
        assert_same(first, trainer.train(config))

    def test_decides_weights_and_order(self, trainer: Trainer) -> None:
        first = trainer.train(PLAIN).history
        other = trainer.train(plain_config(seed=8)).history
        assert first != other
        assert first.epochs[0].validation_loss != other.epochs[0].validation_loss

    def test_decides_the_order_even_if_all_weights_start_alike(self, trainer: Trainer) -> None:
        one, two = (
            trainer.train(plain_config(initialisation="zeros", seed=seed)).history
            for seed in (0, 1)
        )
        assert one.epochs[0] == two.epochs[0]
        assert one.epochs[1] != two.epochs[1]

    def test_gives_each_epoch_an_order_of_its_own(self, trainer: Trainer) -> None:
        # The rate is so small that only other images can change the loss of a first step.
        config = plain_config(learning_rate=1e-6, epochs=1)
        longer = dataclasses.replace(config, epochs=2)
        first = trainer.train(config)
        one_step_on = trainer.train(longer, start_from(first), asks=2)
        progress = not_none(one_step_on.checkpoint).progress
        assert progress.step == 6
        assert abs(first.history.steps[0].train_loss - progress.epoch.mean_loss) > 1e-3

    def test_leaves_torch_s_random_numbers_as_they_were(self, trainer: Trainer) -> None:
        before = torch.get_rng_state()
        trainer.train(plain_config(dropout=0.5))
        assert torch.equal(torch.get_rng_state(), before)
        assert trainer.train(EXPLODING).history.divergence is not None
        assert torch.equal(torch.get_rng_state(), before)


class TestRunsAtOnce:
    """Two threads of one process train, step by step in turns as strict as can be."""

    @for_variety
    def test_give_the_numbers_of_each_alone(self, config: RunConfig, trainer: Trainer) -> None:
        config = dataclasses.replace(config, dropout=config.dropout or 0.3)
        other = dataclasses.replace(config, seed=8, distortions="handwriting")
        alone = [trainer.train(each) for each in (config, config, other)]
        meeting = threading.Barrier(3)

        def train_in_turns(each: RunConfig) -> Trained:
            splits = trainer.split(each)
            meeting.wait()  # initial weights are drawn at once

            def wait_for_others() -> bool:
                with contextlib.suppress(threading.BrokenBarrierError):
                    meeting.wait()  # and each step is taken at once
                return False

            try:
                return train(each, splits, ignore, wait_for_others)
            finally:
                meeting.abort()  # whose run is over is waited for no more

        with ThreadPoolExecutor(3) as threads:
            together = list(threads.map(train_in_turns, [config, config, other]))
        for one, same in zip(alone, together, strict=True):
            assert_same(one, same)


class Untouchable:
    """Stands for images that nobody may look at."""

    def __getattribute__(self, name: str) -> object:
        raise AssertionError(f"somebody looked at {name}")

    def __len__(self) -> int:
        raise AssertionError("somebody counted them")


class TestTheSplits:
    def test_the_test_images_are_not_looked_at(self, trainer: Trainer) -> None:
        splits = dataclasses.replace(trainer.split(PLAIN), test=cast(Digits, Untouchable()))
        assert train(PLAIN, splits, ignore, never).history == trainer.train(PLAIN).history

    def test_what_the_validation_images_show_changes_nothing_in_training(
        self, trainer: Trainer
    ) -> None:
        config = plain_config(dropout=0.5)
        splits = trainer.split(config)
        dark = Digits(torch.zeros_like(splits.validation.pixels), splits.validation.labels)
        in_the_dark = train(config, dataclasses.replace(splits, validation=dark), ignore, never)
        trained = trainer.train(config)
        assert in_the_dark.history.steps == trained.history.steps
        assert in_the_dark.history.epochs != trained.history.epochs
        weights = not_none(trained.checkpoint).weights
        assert_equal(not_none(in_the_dark.checkpoint).weights, weights)

    def test_each_image_is_trained_on_once_an_epoch(self, trainer: Trainer) -> None:
        # With a negligible rate an epoch's mean loss is the split's, if each counts once.
        config = plain_config(learning_rate=1e-6)
        splits = trainer.split(config)
        watched = dataclasses.replace(splits, validation=splits.train)
        untrained, *epochs = train(config, watched, ignore, never).history.epochs
        for epoch in epochs:
            assert epoch.train_loss == pytest.approx(untrained.validation_loss, abs=1e-4)
            assert epoch.train_accuracy == pytest.approx(untrained.validation_accuracy)
