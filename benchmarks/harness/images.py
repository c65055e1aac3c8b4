"""MNIST for benchmarks, which keep no files of it. Imports torch: prepare the cores first."""

import tempfile
from pathlib import Path

from mnistlab.core.data import mnist
from mnistlab.core.data.mnist import Digits


def load(train: bool) -> Digits:
    """Return MNIST's training images, or its test images."""
    with tempfile.TemporaryDirectory(prefix="mnistlab-") as cache:
        return mnist.load(Path(cache), train)
