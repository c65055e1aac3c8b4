"""How much better one run is than another: worked by hand, and against SciPy's tests."""

import dataclasses
import math

import numpy as np
import pytest
import scipy.stats
from numpy.typing import ArrayLike

from mnistlab.core.analysis.diagnosis.change import THRESHOLD
from mnistlab.core.analysis.paired import Gain, compare, compare_unpaired
from mnistlab.core.training.per_image import ImageScores

GENERATOR = np.random.default_rng(0)


def scores(losses: ArrayLike, hits: ArrayLike) -> ImageScores:
    return ImageScores(1, np.array(losses, dtype=np.float16), np.array(hits, dtype=bool))


def random_scores(images: int, accuracy: float) -> ImageScores:
    """Return scores of images of which the first are easy for every run."""
    ease = np.linspace(accuracy + 0.1, accuracy - 0.1, images)
    return scores(GENERATOR.gamma(2.0, 0.1, images), GENERATOR.random(images) < ease)


class TestPairs:
    def test_of_four_images_worked_by_hand(self) -> None:
        one = scores([0.5, 1.0, 0.25, 0.25], [1, 1, 1, 0])
        other = scores([1.5, 1.0, 1.25, 2.25], [0, 1, 0, 0])
        gain = compare(one, other)
        # Two of four images were won: 1, 0, 1, 0 have a variance of (4 × 1/4) / 3.
        assert gain.accuracy == 0.5
        assert gain.accuracy_error == pytest.approx(math.sqrt(1 / 3) / 2)
        # Losses fell by 1, 0, 1, 2, with a variance of (0 + 1 + 0 + 1) / 3.
        assert gain.loss == 1.0
        assert gain.loss_error == pytest.approx(math.sqrt(2 / 3) / 2)

    def test_in_standard_errors_are_scipy_s_paired_t(self) -> None:
        one, other = random_scores(2_000, 0.8), random_scores(2_000, 0.7)
        gain = compare(one, other)
        hits, _ = scipy.stats.ttest_rel(one.hits.astype(float), other.hits.astype(float))
        losses, _ = scipy.stats.ttest_rel(other.losses.astype(float), one.losses.astype(float))
        assert gain.accuracy / gain.accuracy_error == pytest.approx(hits)
        assert (gain.loss or 0.0) / (gain.loss_error or 0.0) == pytest.approx(losses)

    def test_the_other_way_round_are_the_opposite(self) -> None:
        one, other = random_scores(100, 0.8), random_scores(100, 0.7)
        there, back = compare(one, other), compare(other, one)
        assert (there.accuracy, there.loss) == (-back.accuracy, -(back.loss or 0.0))
        assert there.accuracy_error == back.accuracy_error

    def test_of_a_run_with_itself_are_nothing(self) -> None:
        one = random_scores(100, 0.8)
        gain = compare(one, one)
        assert gain == Gain(0.0, 0.0, 0.0, 0.0)
        assert not gain.is_better
        assert not gain.is_accuracy_worse

    def test_are_of_the_images_that_both_have(self) -> None:
        one, other = random_scores(300, 0.8), random_scores(200, 0.7)
        first = ImageScores(1, one.losses[:200], one.hits[:200])
        assert compare(one, other) == compare(first, other)

    def test_of_a_single_image_say_nothing_about_others(self) -> None:
        gain = compare(scores([0.5], [1]), scores([1.5], [0]))
        assert (gain.accuracy, gain.loss) == (1.0, 1.0)
        assert (gain.accuracy_error, gain.loss_error) == (math.inf, math.inf)
        assert not gain.is_better

    def test_add_the_largest_losses_of_float16(self) -> None:
        gain = compare(scores([0.0] * 100, [1] * 100), scores([60_000.0] * 100, [0] * 100))
        assert gain.loss == np.float16(60_000.0)


class TestBeyondChance:
    @pytest.mark.parametrize(
        ("errors", "better", "worse"),
        [(2.4, True, False), (2.2, False, False), (-2.2, False, False), (-2.4, False, True)],
    )
    def test_is_a_difference_of_more_than_2_33_standard_errors(
        self, errors: float, better: bool, worse: bool
    ) -> None:
        assert THRESHOLD == 2.33
        gain = Gain(errors * 0.01, 0.01, errors * 0.02, 0.02)
        assert (gain.is_accuracy_better, gain.is_loss_better) == (better, better)
        assert gain.is_accuracy_worse is worse

    def test_is_either_figure(self) -> None:
        nothing = Gain(0.0, 0.01, 0.0, 0.01)
        assert not nothing.is_better
        assert dataclasses.replace(nothing, accuracy=0.1).is_better
        assert dataclasses.replace(nothing, loss=0.1).is_better


class TestAccuraciesAlone:
    def test_of_ten_images_worked_by_hand(self) -> None:
        gain = compare_unpaired(0.9, 10, 0.5, 5)
        assert gain.accuracy == pytest.approx(0.4)
        # 0.9 × 0.1 / 9 and 0.5 × 0.5 / 4.
        assert gain.accuracy_error == pytest.approx(math.sqrt(0.01 + 0.0625))
        assert (gain.loss, gain.loss_error) == (None, None)
        assert not gain.is_loss_better

    def test_in_standard_errors_are_welch_s_t(self) -> None:
        one, other = random_scores(500, 0.8).hits, random_scores(300, 0.7).hits
        gain = compare_unpaired(one.mean().item(), 500, other.mean().item(), 300)
        t, _ = scipy.stats.ttest_ind(one.astype(float), other.astype(float), equal_var=False)
        assert gain.accuracy / gain.accuracy_error == pytest.approx(t)

    def test_are_less_sure_than_the_same_images_in_pairs(self) -> None:
        hard = GENERATOR.random(1_000) < 0.1
        one, other = ~hard, ~hard & (GENERATOR.random(1_000) < 0.99)
        alone = compare_unpaired(one.mean().item(), 1_000, other.mean().item(), 1_000)
        losses = np.zeros(1_000, dtype=np.float16)
        in_pairs = compare(ImageScores(1, losses, one), ImageScores(1, losses, other))
        assert alone.accuracy == pytest.approx(in_pairs.accuracy)
        assert alone.accuracy_error > 2 * in_pairs.accuracy_error
        assert in_pairs.is_better
        assert not alone.is_better

    def test_of_a_single_image_say_nothing_about_others(self) -> None:
        gain = compare_unpaired(1.0, 1, 0.0, 5_000)
        assert gain.accuracy_error == math.inf
        assert not gain.is_better
