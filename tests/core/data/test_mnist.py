"""The real MNIST as training reads it, and how it is divided."""

import dataclasses
import functools
import itertools

import numpy as np
import pytest
import torch
from torchvision.transforms.functional import to_tensor

from mnistlab.core.data import mnist
from mnistlab.core.data.mnist import Digits
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.per_image import IMAGES
from tests.core.bundled import raw
from tests.core.trainer import Trainer


class TestMnist:
    def test_training_images_are_the_bytes_of_the_raw_files(self, training_digits: Digits) -> None:
        assert training_digits.pixels.shape == (60_000, 784)
        pixels = raw("train-images-idx3-ubyte", 16).reshape(-1, 784)
        assert np.array_equal(training_digits.pixels.numpy(), pixels)
        assert np.array_equal(training_digits.labels.numpy(), raw("train-labels-idx1-ubyte", 8))

    def test_test_images_are_the_bytes_of_the_raw_files(self, test_digits: Digits) -> None:
        assert test_digits.pixels.shape == (10_000, 784)
        pixels = raw("t10k-images-idx3-ubyte", 16).reshape(-1, 784)
        assert np.array_equal(test_digits.pixels.numpy(), pixels)
        assert np.array_equal(test_digits.labels.numpy(), raw("t10k-labels-idx1-ubyte", 8))

    def test_begins_with_the_digits_everybody_knows(
        self, training_digits: Digits, test_digits: Digits
    ) -> None:
        assert training_digits.labels[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
        assert test_digits.labels[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]

    def test_is_kept_as_bytes_and_whole_numbers(self, training_digits: Digits) -> None:
        assert training_digits.pixels.dtype == torch.uint8
        assert training_digits.labels.dtype == torch.int64
        assert len(training_digits) == 60_000

    def test_is_scaled_as_torchvision_does(self, test_digits: Digits) -> None:
        scaled = mnist.scale(test_digits.pixels[:100])
        expected = [to_tensor(image.reshape(28, 28).numpy()) for image in test_digits.pixels[:100]]
        assert scaled.dtype == torch.float32
        assert torch.equal(scaled, torch.cat(expected).reshape(-1, 784))
        assert (scaled.min(), scaled.max()) == (0, 1)
        assert test_digits.pixels.dtype == torch.uint8


NUMBERED = Digits(torch.zeros(60_000, 1, dtype=torch.uint8), torch.arange(60_000))
"""Images that carry their number as their label, to see where each goes."""


SIZES = [
    (55_000, 5_000),
    (50_000, 10_000),
    (1_000, 300),
    (10_000, 5_000),
    (57_000, 3_000),
    (20_000, 20_000),
    (30_000, 30_000),
    (1, 59_999),
    (60_000, 0),
]
PAIRS = list(itertools.combinations(SIZES, 2))


@functools.cache
def numbers(training: int, validation: int, seed: int = 0) -> tuple[set[int], set[int]]:
    """Return which images are trained on, and which validate."""
    config = RunConfig(training_images=training, validation_images=validation, seed=seed)
    splits = mnist.split(NUMBERED, NUMBERED, config)
    train, held_out = splits.train.labels.tolist(), splits.validation.labels.tolist()
    assert (len(set(train)), len(set(held_out))) == (len(train), len(held_out))
    assert (len(train), len(held_out)) == (training, validation)
    return set(train), set(held_out)


class TestSplits:
    @pytest.mark.parametrize("sizes", SIZES)
    def test_have_no_image_in_common(self, sizes: tuple[int, int]) -> None:
        train, validation = numbers(*sizes)
        assert not train & validation

    @pytest.mark.parametrize("pair", PAIRS)
    def test_of_fewer_images_are_a_part_of_those_of_more(
        self, pair: tuple[tuple[int, int], tuple[int, int]]
    ) -> None:
        for one, other in zip(*(numbers(*sizes) for sizes in pair), strict=True):
            assert one <= other or other <= one

    @pytest.mark.parametrize("pair", PAIRS)
    def test_share_images_to_learn_from_and_to_validate_on_only_if_mnist_has_too_few(
        self, pair: tuple[tuple[int, int], tuple[int, int]]
    ) -> None:
        (learned, held_out), (learned_too, held_out_too) = (numbers(*sizes) for sizes in pair)
        for train, validation in ((learned, held_out_too), (learned_too, held_out)):
            too_many = max(0, len(train) + len(validation) - 60_000)
            assert len(train & validation) == too_many

    @pytest.mark.parametrize("sizes", [(55_000, 5_000), (1_000, 5_000), (60_000, 0)])
    def test_follow_each_other_in_one_shuffle_if_as_many_are_held_back_as_usual(
        self, sizes: tuple[int, int]
    ) -> None:
        training, validation = sizes
        config = RunConfig(training_images=training, validation_images=validation)
        splits = mnist.split(NUMBERED, NUMBERED, config)
        shuffle = torch.Generator().manual_seed(mnist.SPLIT_SEED)
        order = torch.randperm(60_000, generator=shuffle)
        assert splits.validation.labels.equal(order[:validation])
        assert splits.train.labels.equal(order[validation : validation + training])

    @pytest.mark.parametrize("fewer", [1, 300, 5_000, 20_000])
    @pytest.mark.parametrize("more", [5_000, 10_000, 59_999])
    def test_begin_with_the_same_images_to_validate_on_as_far_as_their_figures_are_kept(
        self, fewer: int, more: int
    ) -> None:
        configs = [RunConfig(training_images=1, validation_images=size) for size in (fewer, more)]
        one, other = (mnist.split(NUMBERED, NUMBERED, config).validation for config in configs)
        both = min(fewer, more, IMAGES)
        assert one.labels[:both].equal(other.labels[:both])

    def test_are_the_same_whatever_the_seed(self) -> None:
        assert numbers(1_000, 300, seed=0) == numbers(1_000, 300, seed=1)

    def test_are_shuffled(self, trainer: Trainer) -> None:
        assert numbers(1_000, 300)[1] != set(range(300))
        config = RunConfig(training_images=1_000, validation_images=1_000)
        splits = trainer.split(config)
        for part in (splits.train, splits.validation):
            assert part.labels.bincount(minlength=10).min() > 50

    def test_keep_each_image_with_its_label(
        self, training_digits: Digits, trainer: Trainer
    ) -> None:
        config = RunConfig(training_images=200, validation_images=100)
        splits = trainer.split(config)
        images = map(bytes, training_digits.pixels.numpy())
        label_of = dict(zip(images, training_digits.labels, strict=True))
        for part in (splits.train, splits.validation):
            assert [label_of[bytes(pixels)] for pixels in part.pixels.numpy()] == list(part.labels)

    @pytest.mark.parametrize("sizes", SIZES)
    def test_can_be_found_among_mnist_s_own(self, sizes: tuple[int, int]) -> None:
        training, validation = sizes
        config = RunConfig(training_images=training, validation_images=validation)
        splits = mnist.split(NUMBERED, NUMBERED, config)
        learned, held_out = mnist.places(60_000, config)
        assert learned.equal(splits.train.labels)
        assert held_out.equal(splits.validation.labels)

    def test_leave_the_test_images_whole(self, test_digits: Digits, trainer: Trainer) -> None:
        splits = trainer.split(RunConfig(training_images=10))
        assert splits.test is test_digits


class TestShuffledLabels:
    def test_keep_each_digit_as_often_as_it_was(self, test_digits: Digits) -> None:
        shuffled = mnist.shuffle_labels(test_digits, 1.0)
        assert shuffled.labels.bincount().equal(test_digits.labels.bincount())

    def test_are_right_by_chance_alone(self, test_digits: Digits) -> None:
        shuffled = mnist.shuffle_labels(test_digits, 1.0)
        right = (shuffled.labels == test_digits.labels).sum().item()
        # Of 10,000: a tenth, within four standard deviations.
        assert abs(right - 1_000) < 4 * 30

    def test_are_a_share_of_all(self, test_digits: Digits) -> None:
        shuffled = mnist.shuffle_labels(test_digits, 0.25)
        assert shuffled.labels[2_500:].equal(test_digits.labels[2_500:])
        wrong = (shuffled.labels[:2_500] != test_digits.labels[:2_500]).sum().item()
        assert abs(wrong - 2_250) < 4 * 15

    def test_leave_the_images_and_the_given_labels_alone(self, test_digits: Digits) -> None:
        before = test_digits.labels.clone()
        assert mnist.shuffle_labels(test_digits, 1.0).pixels.equal(test_digits.pixels)
        assert test_digits.labels.equal(before)

    def test_are_those_of_training_only(self, trainer: Trainer) -> None:
        config = RunConfig(training_images=2_000, validation_images=1_000)
        plain = trainer.split(config)
        config = dataclasses.replace(config, shuffled_labels=0.5)
        shuffled = trainer.split(config)
        assert not shuffled.train.labels.equal(plain.train.labels)
        assert shuffled.validation.labels.equal(plain.validation.labels)


def test_picked_images_are_copies(test_digits: Digits) -> None:
    picked = test_digits.pick(torch.tensor([3, 1]))
    assert picked.labels.tolist() == [0, 2]
    picked.pixels.zero_()
    assert test_digits.pixels[3].any()
