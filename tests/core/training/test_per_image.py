"""How far chance could move the validation figures, against SciPy's paired test."""

import numpy as np
import pytest
import scipy.stats

from mnistlab.core.training.per_image import IMAGES, PerImage
from tests.factories import not_none

GENERATOR = np.random.default_rng(0)
HARDNESS = GENERATOR.gamma(0.2, 1.0, 2_000)


def losses_at(epoch: int) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """Return losses whose images are hard or easy at every epoch alike."""
    noise = GENERATOR.gamma(2.0, 0.02, len(HARDNESS))
    return (HARDNESS / (1 + epoch) + noise).astype(np.float16).astype(np.float32)


def test_the_errors_of_three_images_worked_by_hand() -> None:
    scores = PerImage()
    hits = np.array([True, True, False])
    first = scores.add(np.array([1.0, 2.0, 3.0], dtype=np.float32), hits)
    second = scores.add(np.array([1.0, 1.0, 1.0], dtype=np.float32), ~hits)
    assert first is not None
    assert second is not None
    # Standard deviation of 1, 2, 3 is 1, of 0, -1, -2 as well; divided by the root of 3.
    assert first.loss == pytest.approx(1 / np.sqrt(3), rel=1e-3)
    assert first.accuracy == pytest.approx(np.sqrt(1 / 3) / np.sqrt(3), rel=1e-3)
    assert first.loss_changes == ()
    assert second.loss == 0
    assert second.loss_changes == (pytest.approx(1 / np.sqrt(3), rel=1e-3),)
    # Two images were lost and one won: -1, -1, 1.
    assert second.accuracy_changes == (pytest.approx(np.sqrt(4 / 3) / np.sqrt(3), rel=1e-3),)


def test_a_change_in_standard_errors_is_scipy_s_paired_t() -> None:
    scores = PerImage()
    epochs = [losses_at(epoch) for epoch in range(4)]
    errors = not_none([scores.add(losses, losses < 0.1) for losses in epochs][-1])
    for distance, earlier in enumerate(reversed(epochs[:-1])):
        change = (epochs[-1] - earlier).mean(dtype=np.float64)
        t, _ = scipy.stats.ttest_rel(epochs[-1].astype(float), earlier.astype(float))
        assert change / errors.loss_changes[distance] == pytest.approx(t, rel=2e-3)
    assert errors.loss == pytest.approx(scipy.stats.sem(epochs[-1]), rel=1e-3)


def test_only_the_first_images_are_kept_and_the_errors_are_of_all() -> None:
    scores = PerImage()
    losses = np.tile(np.array([0.0, 1.0], dtype=np.float32), IMAGES)  # twice as many
    errors = not_none(scores.add(losses, losses < 0.5))
    assert len(scores.losses[0]) == len(scores.hits[0]) == IMAGES
    assert errors.loss == pytest.approx(0.5 / np.sqrt(2 * IMAGES), rel=1e-3)


def test_a_single_image_says_nothing_about_others() -> None:
    one = np.array([0.5], dtype=np.float32)
    assert PerImage().add(one, one < 1) is None


def test_a_loss_beyond_all_measure_stays_a_number() -> None:
    scores = PerImage()
    scores.add(np.array([1e9, 0.0], dtype=np.float32), np.array([False, True]))
    assert np.isfinite(scores.losses[0]).all()
