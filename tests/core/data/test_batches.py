"""The images of an epoch: all of them, once, in an order and with distortions of its own."""

import pytest
import torch
from torch import Tensor

from mnistlab.core.data.batches import batches, image_order
from mnistlab.core.data.mnist import Digits
from mnistlab.core.settings.config import RunConfig

SIZES = [7, 64, 1_000, 2_000, 4_096]
"""Some that divide what is distorted at once, and some that don't; one larger than all."""

by_size = pytest.mark.parametrize("size", SIZES)


@pytest.fixture
def digits(training_digits: Digits) -> Digits:
    return training_digits.pick(torch.arange(2_500))


def config(size: int, distortions: str = "none", seed: int = 0) -> RunConfig:
    return RunConfig(batch_size=size, training_images=2_500, distortions=distortions, seed=seed)


def all_batches(
    config: RunConfig, digits: Digits, epoch: int = 0, done: int = 0
) -> list[tuple[Tensor, Tensor]]:
    return list(batches(config, digits, epoch, done))


@by_size
def test_every_image_comes_once_with_its_label(size: int, digits: Digits) -> None:
    given = all_batches(config(size), digits)
    assert [len(labels) for _, labels in given[:-1]] == [size] * (len(given) - 1)
    images = torch.cat([images for images, _ in given])
    order = image_order(config(size), 0)
    assert sorted(order.tolist()) == list(range(2_500))
    assert (images * 255).round().to(torch.uint8).equal(digits.pixels[order])
    assert torch.cat([labels for _, labels in given]).equal(digits.labels[order])


@by_size
@pytest.mark.parametrize("distortions", ["none", "handwriting"])
def test_the_rest_of_an_epoch_is_the_same_from_anywhere(
    size: int, distortions: str, digits: Digits
) -> None:
    plan = config(size, distortions)
    whole = all_batches(plan, digits)
    for done in {0, 1, len(whole) // 2, len(whole) - 1, len(whole)}:
        rest = all_batches(plan, digits, done=done)
        assert len(rest) == len(whole) - done
        for (images, labels), (expected, digit) in zip(rest, whole[done:], strict=True):
            assert images.equal(expected)
            assert labels.equal(digit)


def test_epochs_and_seeds_differ_in_order_and_distortions(digits: Digits) -> None:
    plan = config(2_500, "affine")
    [(first, _)] = all_batches(plan, digits, epoch=0)
    [(again, _)] = all_batches(plan, digits, epoch=0)
    [(second, _)] = all_batches(plan, digits, epoch=1)
    [(other, _)] = all_batches(config(2_500, "affine", seed=1), digits)
    assert first.equal(again)
    orders = [image_order(plan, 0), image_order(plan, 1), image_order(config(2_500, seed=1), 0)]
    back = [
        images[order.argsort()]
        for images, order in zip((first, second, other), orders, strict=True)
    ]
    for one, another in [(0, 1), (0, 2), (1, 2)]:
        assert not orders[one].equal(orders[another])
        assert (back[one] != back[another]).any(dim=1).all()


def test_nothing_is_drawn_from_torch_s_generator(digits: Digits) -> None:
    state = torch.get_rng_state()
    all_batches(config(64, "handwriting"), digits)
    assert torch.get_rng_state().equal(state)
