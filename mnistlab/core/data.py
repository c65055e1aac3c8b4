"""The real MNIST, bundled with the project, and how it is divided.

The four files are unpacked once into a cache folder, which several processes may
share, and read through torchvision. Nothing is ever downloaded.
"""

import gzip
import hashlib
import os
import tempfile
import zlib
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor
from torchvision.datasets import MNIST

from mnistlab.core.config import PIXELS, RunConfig
from mnistlab.core.errors import DataError

BUNDLED = Path(__file__).parent.parent / "data" / "mnist"

SPLIT_SEED = 1998
"""Fixed, not the run's seed, so that all runs are validated on the same images and no
image that one run learned from is among another's validation images. The year of
LeCun et al., "Gradient-based learning applied to document recognition"."""

SHA256 = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}
"""Digests of the unpacked files, of which there is only one version. (The packed ones
differ with the program that packed them.)"""


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
        return Digits(self.pixels[indices], self.labels[indices])


@dataclass(frozen=True)
class Splits:
    """What a run learns from, is watched on, and is scored on at its end."""

    train: Digits
    validation: Digits
    test: Digits


def scale(pixels: Tensor) -> Tensor:
    """Return brightness as float32 from 0 to 1, what torchvision's ToTensor makes."""
    return pixels.to(torch.float32).div_(255)


def unpack(cache: Path, bundled: Path = BUNDLED) -> Path:
    """Unpack the bundled files into `cache`, unless they are there.

    Returns:
        `cache`, as torchvision's `root`.

    Raises:
        DataError: If a bundled file is missing or damaged, or `cache` can't be written.
    """
    folder = cache / "MNIST" / "raw"
    for name in SHA256:
        if not _is_whole(folder / name):
            content = _read_bundled(bundled / f"{name}.gz")
            _write_atomically(folder / name, content)
    return cache


def load(cache: Path, train: bool) -> Digits:
    """Read MNIST's 60,000 training images, or its 10,000 test images.

    Raises:
        DataError: If a bundled file is missing or damaged, or `cache` can't be written.
    """
    dataset = MNIST(unpack(cache), train=train, download=False)
    return Digits(dataset.data.reshape(-1, PIXELS), dataset.targets)


def split(training: Digits, test: Digits, config: RunConfig) -> Splits:
    """Divide MNIST's training images as `config` says.

    Validation images are the first of a fixed shuffle, training images the next: a
    run on fewer images learns from a part of what a run on more learns from.
    """
    shuffle = torch.Generator().manual_seed(SPLIT_SEED)
    order = torch.randperm(len(training), generator=shuffle)
    held_out, rest = order.tensor_split([config.validation_images])
    return Splits(training.pick(rest[: config.training_images]), training.pick(held_out), test)


def _is_whole(path: Path) -> bool:
    try:
        return _digest(path.read_bytes()) == SHA256[path.name]
    except OSError:  # not there, or not to be read; writing it anew shows which
        return False


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _read_bundled(path: Path) -> bytes:
    remedy = "Get it again from the project's repository: git checkout -- mnistlab/data."
    try:
        content = gzip.decompress(path.read_bytes())
    except FileNotFoundError:
        raise DataError(f"The MNIST file {path} is missing.", remedy) from None
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"The MNIST file {path} can't be read ({error}).", remedy) from None
    if _digest(content) != SHA256[path.stem]:
        raise DataError(f"The MNIST file {path} is damaged: its content has changed.", remedy)
    return content


def _write_atomically(path: Path, content: bytes) -> None:
    """Write `path` so that another process sees all of it or nothing."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            os.replace(temporary, path)
        except OSError:
            os.unlink(temporary)  # 47 MB that would be left at each try
            raise
    except OSError as error:
        remedy = "Set MNISTLAB_HOME to a folder that can be written and has 60 MB free."
        raise DataError(f"MNIST can't be unpacked to {path.parent} ({error}).", remedy) from None
