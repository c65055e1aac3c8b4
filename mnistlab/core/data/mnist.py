"""MNIST as tensors, and its division into splits."""

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor
from torchvision.datasets import MNIST

from mnistlab.core.data.archive import unpack
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.fields import VALIDATION_IMAGES

SPLIT_SEED = 1998
"""Fixed, not the run's seed, so that all runs draw on the same images. The year of LeCun et al.,
"Gradient-based learning applied to document recognition"."""


@dataclass(frozen=True)
class Digits:
    """Images and the digits they show.

    Attributes:
        pixels: Brightness from 0 (black paper) to 255 (white ink), uint8, (n, 784).
            Kept as bytes: as float32, 60,000 images take 188 MB instead of 47.
        labels: The digits, int64, (n,).
    """

    pixels: Tensor
    labels: Tensor

    def __len__(self) -> int:
        return len(self.labels)

    def pick(self, indices: Tensor) -> "Digits":
        """Return the images at `indices`, copied."""
        # Not `[indices]`, which takes twenty times as long for rows of bytes (our own measurement).
        return Digits(self.pixels.index_select(0, indices), self.labels.index_select(0, indices))


@dataclass(frozen=True)
class Splits:
    """A run's training, validation and test images."""

    train: Digits
    validation: Digits
    test: Digits


def scale(pixels: Tensor) -> Tensor:
    """Return brightness as float32 from 0 to 1, what torchvision's ToTensor makes."""
    return pixels.to(torch.float32).div_(255)


def load(cache: Path, train: bool) -> Digits:
    """Read MNIST's 60,000 training images, or its 10,000 test images.

    Raises:
        DataError: If a bundled file is missing or damaged, or `cache` can't be written.
    """
    mnist = MNIST(unpack(cache), train=train)
    return Digits(mnist.data.flatten(start_dim=1), mnist.targets)


def split(training: Digits, test: Digits, config: RunConfig) -> Splits:
    """Divide MNIST's training images by `config`.

    Training images come from one end of a fixed order, validation images from the other. Those
    of a run with fewer are thus among those of a run with more, and training images of one run
    are validation images of another only if both together are more than MNIST has.
    """
    learned, held_out = (training.pick(part) for part in places(len(training), config))
    return Splits(shuffle_labels(learned, config.shuffled_labels), held_out, test)


def places(images: int, config: RunConfig) -> tuple[Tensor, Tensor]:
    """Return where MNIST has the images of `split`.

    Args:
        images: How many MNIST has to divide.
        config: The run's settings.

    Returns:
        Indices of the training and of the validation images among MNIST's own training images,
        in the order of `split`, int64 (training_images,) and (validation_images,).
    """
    shuffle = torch.Generator().manual_seed(SPLIT_SEED)
    shuffled = torch.randperm(images, generator=shuffle)
    # Their places in the shuffle: those of the usual validation images come last.
    usual = VALIDATION_IMAGES.default
    order = torch.cat([torch.arange(usual, images), torch.arange(usual).flip(0)])
    parts = order[: config.training_images], order.flip(0)[: config.validation_images]
    learned, held_out = (shuffled[part.sort().values] for part in parts)
    return learned, held_out


def shuffle_labels(digits: Digits, share: float) -> Digits:
    """Permute the labels of a share of the images at random.

    The frequency of each digit stays the same (as in Zhang et al. 2017, "Understanding deep
    learning requires rethinking generalization"). A tenth of these labels is right by chance.

    Args:
        digits: In random order, since the first of them are chosen.
        share: From 0 to 1.
    """
    count = round(share * len(digits))
    deal = torch.Generator().manual_seed(SPLIT_SEED)
    labels = digits.labels.clone()
    labels[:count] = labels[torch.randperm(count, generator=deal)]
    return Digits(digits.pixels, labels)
