"""A run's training batches: shuffled and distorted anew in each epoch.

Order and distortions are drawn by seed and epoch alone, so that a run that continues in the
middle of an epoch has the same images as one that was not stopped.
"""

import functools
from collections.abc import Iterator

import torch
from torch import Tensor

from mnistlab.core.data.augment.affine import distort_by_seed
from mnistlab.core.data.mnist import Digits
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.fields import EPOCHS, TRAINING_IMAGES

_AT_ONCE = 1_024
"""Images that are distorted together. Of 64 at a time each took three times as long (our own
measurement, two cores)."""


def batches(
    config: RunConfig, digits: Digits, epoch: int, done: int
) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield the batches of an epoch: images (batch, 784) from 0 to 1, and labels (batch,).

    Args:
        config: The run's settings.
        digits: Its training images.
        epoch: Which epoch, the first being 0.
        done: How many of its batches to skip.
    """
    together = max(1, _AT_ONCE // config.batch_size)
    blocks = image_order(config, epoch).split(together * config.batch_size)
    first, passed = divmod(done, together)
    for block in range(first, len(blocks)):
        chosen = digits.pick(blocks[block])
        seed = _seed(config, epoch) * TRAINING_IMAGES.high + block
        images = distort_by_seed(config.distortions, chosen, seed)
        parts = (part.split(config.batch_size) for part in (images, chosen.labels))
        yield from list(zip(*parts, strict=True))[passed:]
        passed = 0


@functools.lru_cache(maxsize=1)  # the batches of an epoch and their margins have the same order
def image_order(config: RunConfig, epoch: int) -> Tensor:
    """Return the order of the training images in an epoch, by seed and epoch alone.

    Returns:
        Indices of the training images, (training_images,), which must not be changed.
    """
    generator = torch.Generator().manual_seed(_seed(config, epoch))
    return torch.randperm(config.training_images, generator=generator)


def _seed(config: RunConfig, epoch: int) -> int:
    return config.seed * (EPOCHS.high + 1) + epoch
