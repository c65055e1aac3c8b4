"""MNIST's images for the pages."""

import base64
import dataclasses
import functools
import io
import threading
from dataclasses import dataclass

import numpy as np
from PIL import Image

from mnistlab import environment
from mnistlab.core.analysis.neighbours import TrainingImages, prepare
from mnistlab.core.arrays import Labels, Pixels
from mnistlab.core.data.archive import TEST, TRAINING, map_images, map_labels

DISPUTED = frozenset(
    (947, 1621, 1901, 2130, 2462, 2597, 2654, 3520, 3558, 5937, 6651, 6783, 8527, 9679, 9729)
)
"""Test images, counted from 0, whose label fewer than 3 of 5 people accepted. Source:
cleanlab/label-errors, mturk/mnist_mturk.json (Northcutt, Athalye & Mueller 2021)."""


@dataclass(frozen=True)
class TestDigits:
    """The 10,000 test images.

    Attributes:
        pixels: Brightness of ink, uint8, (10000, 28, 28).
        labels: The digits, (10000,).
    """

    __test__ = False  # the name looks like a test case to pytest

    pixels: Pixels
    labels: Labels


@functools.cache
def load_test_digits() -> TestDigits:
    """Read the test images, once per server.

    Raises:
        DataError: If the bundled files are missing or damaged.
    """
    cache = environment.images_cache()
    return TestDigits(map_images(cache, TEST), map_labels(cache, TEST).astype(np.int64))


_preparing = threading.Lock()


def load_training_images() -> TrainingImages:
    """Prepare the training images for search, once per server: 12 MB, 0.3 s.

    Raises:
        DataError: If the bundled files are missing or damaged.
    """
    with _preparing:  # so that visitors at the same time do not each prepare them
        return _prepare_training_images()


@functools.cache
def _prepare_training_images() -> TrainingImages:
    cache = environment.images_cache()
    prepared = prepare(map_images(cache, TRAINING), map_labels(cache, TRAINING))
    # Mapped anew: of the 47 MB that were just read, only what is looked up stays in memory.
    return dataclasses.replace(prepared, pixels=map_images(cache, TRAINING))


def data_url(pixels: Pixels) -> str:
    """Return an image, (height, width) or with RGB (height, width, 3), as a PNG in a data URL."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
