"""The training images nearest to an image are those that a full search finds."""

from pathlib import Path

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from mnistlab.core.analysis.neighbours import TrainingImages, find_nearest, prepare
from mnistlab.core.arrays import Pixels
from mnistlab.core.data.archive import TEST, TRAINING, map_images, map_labels


@pytest.fixture(scope="module")
def training(mnist_cache: Path) -> TrainingImages:
    return prepare(map_images(mnist_cache, TRAINING), map_labels(mnist_cache, TRAINING))


def image(**pixels: int) -> Pixels:
    """Return an image with some pixels of row 10 inked, named by their column: c5=255."""
    drawn = np.zeros((28, 28), dtype=np.uint8)
    for column, brightness in pixels.items():
        drawn[10, int(column[1:])] = brightness
    return drawn


def test_scikit_learn_finds_the_same(training: TrainingImages, mnist_cache: Path) -> None:
    asked = map_images(mnist_cache, TEST)[:30]
    search = NearestNeighbors(n_neighbors=20, algorithm="brute")
    search.fit(np.divide(training.pixels.reshape(-1, 784), 255, dtype=np.float32))
    distances, places = search.kneighbors(np.divide(asked.reshape(-1, 784), 255, dtype=np.float32))
    for query, expected, which in zip(asked, distances, places, strict=True):
        found = find_nearest(training, query, 20)
        assert found.distances == pytest.approx(expected, abs=1e-3)
        assert np.array_equal(found.images, training.pixels[which])
        assert np.array_equal(found.labels, training.labels[which])


def test_a_training_image_is_nearest_to_itself(training: TrainingImages) -> None:
    found = find_nearest(training, training.pixels[31_415], 1)
    assert found.distances.tolist() == [0]
    assert found.labels.tolist() == [training.labels[31_415]]


def test_distances_are_euclidean_with_brightness_from_0_to_1() -> None:
    """Two pixels differ wholly from blank: √2; one by 51 of 255: 0.2."""
    pixels = np.stack([image(c4=255, c9=255), image(c4=51), image(c4=255)])
    few = prepare(pixels, np.array([7, 1, 4], dtype=np.uint8))
    found = find_nearest(few, image(), 3)
    assert found.labels.tolist() == [1, 4, 7]
    assert found.distances == pytest.approx([0.2, 1, 2**0.5])
    assert np.array_equal(found.images, pixels[[1, 2, 0]])


def test_of_images_as_near_as_each_other_the_first_is_named_first() -> None:
    few = prepare(np.stack([image(c4=255)] * 3), np.array([2, 0, 1], dtype=np.uint8))
    assert find_nearest(few, image(), 2).labels.tolist() == [2, 0]


def test_what_is_kept_in_memory_is_small(training: TrainingImages) -> None:
    assert training.halves.nbytes + training.squares.nbytes <= 12_000_000
    assert not training.pixels.flags.owndata
