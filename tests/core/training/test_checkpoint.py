"""A checkpoint keeps every bit of a run's place."""

import dataclasses
import math

import numpy as np
import pytest
import torch

from mnistlab.core.network.model import pack, unpack
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.registry import OPTIMIZERS
from mnistlab.core.training.checkpoint import Checkpoint, Progress, RunningMean
from mnistlab.core.training.pending_metrics import Batch
from tests.core.trainer import Trainer, assert_equal, start_from
from tests.factories import not_none, small_config

CONFIG = small_config(hidden_layers=1, units=(8,), training_images=200, validation_images=0)


def checkpoint_after(trainer: Trainer, config: RunConfig, asks: int) -> Checkpoint:
    """Return the checkpoint of a run that is told to stop when it has asked `asks` times."""
    return not_none(trainer.train(config, asks=asks).checkpoint)


class TestRunningMean:
    def test_weighs_each_batch_by_its_images(self) -> None:
        mean = RunningMean()
        mean.add(Batch(loss=60.0, correct=7, images=30))
        mean.add(Batch(loss=10.0, correct=9, images=10))
        assert mean.mean_loss == (60.0 + 10.0) / 40
        assert mean.accuracy == 16 / 40

    def test_knows_how_sure_a_mean_of_batches_is(self) -> None:
        mean = RunningMean()
        for loss in (2.0, 1.0, 4.0, 1.0):
            mean.add(Batch(10 * loss, correct=5, images=10))
        # Their standard deviation is √2, that of the mean of four √2 / √4.
        assert mean.loss_error == pytest.approx(math.sqrt(2) / 2)

    def test_can_not_tell_that_from_a_single_batch(self) -> None:
        mean = RunningMean()
        mean.add(Batch(60.0, correct=15, images=30))
        assert mean.loss_error is None


def test_progress_survives_json_with_every_digit() -> None:
    recent, epoch = RunningMean(0.1 + 0.2, 3, 7), RunningMean(1 / 3, 50, 99)
    progress = Progress(1_234, 430, 3_440, 1e-9, 12.3456789, recent, epoch)
    assert Progress.from_json(progress.to_json()) == progress


@pytest.mark.parametrize("momentum", [0.0, 0.9])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("asks", [0, 4, 100])
def test_it_survives_bytes_bit_for_bit(
    trainer: Trainer, optimizer: str, momentum: float, asks: int
) -> None:
    config = dataclasses.replace(CONFIG, optimizer=optimizer, momentum=momentum)
    before = checkpoint_after(trainer, config, asks)
    after = Checkpoint.from_bytes(before.to_bytes())
    assert after.progress == before.progress
    assert after.progress.step == {0: 0, 4: 3, 100: 8}[asks]
    assert torch.equal(after.random_state, before.random_state)
    assert_equal(after.weights, before.weights)
    assert after.optimizer.keys() == before.optimizer.keys()
    for index, state in before.optimizer.items():
        assert_equal(after.optimizer[index], state)


def test_an_optimizer_with_a_memory_leaves_it_for_every_parameter(trainer: Trainer) -> None:
    config = dataclasses.replace(CONFIG, optimizer="adam")
    checkpoint = checkpoint_after(trainer, config, 4)
    assert checkpoint.optimizer.keys() == {0, 1, 2, 3}
    shapes = [tuple(state["exp_avg"].shape) for state in checkpoint.optimizer.values()]
    assert shapes == [tuple(tensor.shape) for tensor in checkpoint.weights.values()]
    assert all(state["step"] == 3 for state in checkpoint.optimizer.values())


def test_what_single_images_fared_survives_bytes(trainer: Trainer) -> None:
    config = dataclasses.replace(CONFIG, validation_images=100)
    kept = checkpoint_after(trainer, config, 6)
    before = kept.per_image
    assert len(before.losses) == len(before.hits) == 2  # epochs 0 and 1
    after = Checkpoint.from_bytes(kept.to_bytes()).per_image
    assert np.array_equal(after.losses, before.losses)
    assert np.array_equal(after.hits, before.hits)


def test_one_from_before_such_figures_were_kept_is_read(trainer: Trainer) -> None:
    checkpoint = checkpoint_after(trainer, CONFIG, 4)
    tensors = unpack(checkpoint.to_bytes())
    old = pack({name: t for name, t in tensors.items() if not name.startswith("validation_")})
    assert Checkpoint.from_bytes(old).per_image.losses == []


def test_the_state_of_torch_s_own_generator_which_older_ones_have_is_read(trainer: Trainer) -> None:
    config = dataclasses.replace(CONFIG, dropout=0.5)
    first = trainer.train(config, asks=4)
    checkpoint = not_none(first.checkpoint)
    with torch.random.fork_rng(devices=[]):
        torch.set_rng_state(checkpoint.random_state)
        older = dataclasses.replace(checkpoint, random_state=torch.get_rng_state())
    start = start_from(dataclasses.replace(first, checkpoint=older))
    assert trainer.train(config, start).history == trainer.train(config).history
