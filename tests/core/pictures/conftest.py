"""Digits on simulated sheets, and a network that tells them apart well enough."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from mnistlab.core.analysis.neighbours import prepare
from mnistlab.core.arrays import Float32Array, Labels, Pixels
from mnistlab.core.data.archive import TEST, TRAINING, map_images, map_labels
from mnistlab.core.network.numpy_forward import Layer, Network
from mnistlab.core.pictures.evidence import DigitModel
from mnistlab.core.settings.activations import ACTIVATIONS

_LEARNED, _UNITS = 6_000, 800


@pytest.fixture(scope="session")
def model(mnist_cache: Path) -> DigitModel:
    """A network whose first layer is random and whose last is fitted by least squares.

    Fitted in half a second; it reads 94 % of MNIST's test images.
    """
    images, labels = map_images(mnist_cache, TRAINING), map_labels(mnist_cache, TRAINING)
    pixels = images[:_LEARNED].reshape(_LEARNED, -1).astype(np.float32) / 255
    dice = np.random.default_rng(0)
    first = Layer(
        dice.normal(0, 0.15, (_UNITS, 784)).astype(np.float32),
        dice.normal(0, 0.5, _UNITS).astype(np.float32),
    )
    hidden = np.maximum(pixels @ first.weight.T + first.bias, 0)
    wanted = np.eye(10)[labels[:_LEARNED]] * 8
    ridge = hidden.T @ hidden + 30 * np.eye(_UNITS)
    weight = np.linalg.solve(ridge, hidden.T @ wanted).T.astype(np.float32)
    last = Layer(weight, np.zeros(10, dtype=np.float32))
    return DigitModel(Network((first, last), ACTIVATIONS["relu"]), prepare(images, labels))


@pytest.fixture(scope="session")
def digits(mnist_cache: Path) -> tuple[Pixels, Labels]:
    """MNIST's test images, (10000, 28, 28), and their labels."""
    return map_images(mnist_cache, TEST), map_labels(mnist_cache, TEST).astype(np.int64)


def write(image: Pixels, size: int, shape: tuple[int, int], at: tuple[int, int]) -> Float32Array:
    """Return the coverage of ink of a digit with smooth edges on a sheet, 0 to 1."""
    wide = cv2.resize(image.astype(np.float32) / 255, (size, size), interpolation=cv2.INTER_CUBIC)
    coverage = np.zeros(shape, dtype=np.float32)
    coverage[at[0] : at[0] + size, at[1] : at[1] + size] = (wide * 4 - 1.5).clip(0, 1)
    return coverage


def sheet(coverage: Float32Array, paper: float = 245, ink: float = 12) -> NDArray[np.float32]:
    """Return a sheet's brightness, (height, width)."""
    return (paper + (ink - paper) * coverage).astype(np.float32)
