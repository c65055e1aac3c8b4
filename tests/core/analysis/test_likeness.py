"""Digits look like digits, letters do not, and a pixel's move makes no difference."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.drawing import scribbles
from mnistlab.core.analysis.likeness import (
    CLOSEST,
    LIMIT,
    NEIGHBOURS,
    hardly_a_digit,
    novelty_score,
)
from mnistlab.core.analysis.neighbours import Neighbours, TrainingImages, find_nearest, prepare
from mnistlab.core.arrays import Pixels
from mnistlab.core.data.archive import TEST, TRAINING, map_images, map_labels
from mnistlab.core.drawing.views import view_strokes


@pytest.fixture(scope="module")
def training(mnist_cache: Path) -> TrainingImages:
    return prepare(map_images(mnist_cache, TRAINING), map_labels(mnist_cache, TRAINING))


def bar(column: int) -> Pixels:
    """Return an image of a thin vertical line."""
    pixels = np.zeros((28, 28), dtype=np.uint8)
    pixels[4:24, column : column + 2] = 255
    return pixels


def beside(*images: Pixels) -> Neighbours:
    nothing = np.zeros(len(images))
    return Neighbours(np.stack(images), nothing.astype(np.uint8), nothing.astype(np.float32))


class TestStrangeness:
    def test_of_an_image_beside_itself_is_nothing(self) -> None:
        assert novelty_score(bar(13), beside(bar(13), bar(13), bar(13))) == 0

    @pytest.mark.parametrize(("down", "right"), [(1, 0), (0, -1), (-1, 1)])
    def test_of_a_pixel_s_move_is_nothing(self, down: int, right: int) -> None:
        moved = np.roll(bar(13), (down, right), axis=(0, 1))
        assert novelty_score(bar(13), beside(moved, moved, moved)) == 0

    def test_of_a_line_elsewhere_is_that_nothing_is_alike(self) -> None:
        """Each line's edges are all unlike the paper that is there in the other."""
        far = bar(3)
        assert novelty_score(bar(20), beside(far, far, far)) > 1

    def test_is_the_mean_over_the_closest(self) -> None:
        far = novelty_score(bar(20), beside(bar(3), bar(3), bar(3)))
        found = novelty_score(bar(20), beside(bar(3), bar(20), bar(3), bar(20), bar(3)))
        assert found == pytest.approx(far * (CLOSEST - 2) / CLOSEST)

    def test_counts_what_either_has_more(self) -> None:
        both = np.maximum(bar(5), bar(20))
        more, less = (
            novelty_score(both, beside(*[bar(5)] * 3)),
            novelty_score(bar(5), beside(*[both] * 3)),
        )
        assert more == pytest.approx(less)
        assert more > LIMIT


def share_accused(images: Pixels, training: TrainingImages) -> float:
    near = [find_nearest(training, image, NEIGHBOURS) for image in images]
    return float(np.mean([hardly_a_digit(*pair) for pair in zip(images, near, strict=True)]))


def test_hardly_a_test_digit_is_accused(training: TrainingImages, mnist_cache: Path) -> None:
    """Of all 10,000 it is fewer than 1 in 100."""
    assert share_accused(map_images(mnist_cache, TEST)[:300], training) <= 0.02


@pytest.mark.parametrize(("kind", "share"), [("letters", 0.5), ("several_digits", 0.9)])
def test_what_is_no_digit_is_seen_to_be_none(
    training: TrainingImages, kind: str, share: float
) -> None:
    images = np.stack([view_strokes(drawing)[0] for drawing in scribbles.draw(kind, 60)])
    assert share_accused(images, training) > share


def test_blank_paper_is_no_trouble(training: TrainingImages) -> None:
    blank = np.zeros((28, 28), dtype=np.uint8)
    assert np.isfinite(novelty_score(blank, find_nearest(training, blank, NEIGHBOURS)))
