"""Measures, against published figures and scikit-learn."""

import math

import numpy as np
import pytest
import sklearn.metrics

from mnistlab.core.analysis.metrics import accuracy_by_digit, confusion_matrix, wilson_interval


class TestWilsonInterval:
    @pytest.mark.parametrize(
        ("correct", "total", "low", "high"),
        [
            # Newcombe, "Two-sided confidence intervals for the single proportion",
            # Statistics in Medicine 17 (1998), table I, method 3.
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0000, 0.1611),
            (1, 29, 0.0061, 0.1718),
        ],
    )
    def test_is_the_published_one(self, correct: int, total: int, low: float, high: float) -> None:
        interval = wilson_interval(correct, total)
        assert (round(interval.low, 4), round(interval.high, 4)) == (low, high)

    def test_of_one_image_in_hand_worked_numbers(self) -> None:
        # z = 2: centre (1 + 2) / 5, half width 2 · √(0 + 4/4) / 5.
        interval = wilson_interval(1, 1, z=2.0)
        assert interval.low == pytest.approx(0.2)
        assert interval.high == 1.0

    def test_is_the_same_from_both_ends(self) -> None:
        for correct in (0, 3, 500, 9_847):
            interval, mirrored = (
                wilson_interval(correct, 10_000),
                wilson_interval(10_000 - correct, 10_000),
            )
            assert interval.low == pytest.approx(1 - mirrored.high, abs=1e-12)

    def test_has_the_true_accuracy_in_95_of_100_cases_and_another_set_s_in_84(self) -> None:
        """The difference of two sets' accuracies has √2 times the error: 2 Φ(1.96 / √2) - 1."""
        measured, other = np.random.default_rng(0).binomial(5_000, 0.9, (2, 4_000))
        intervals = [wilson_interval(int(correct), 5_000) for correct in measured]
        true = [each.low <= 0.9 <= each.high for each in intervals]
        again = [e.low <= o / 5_000 <= e.high for e, o in zip(intervals, other, strict=True)]
        assert np.mean(true) == pytest.approx(0.95, abs=0.01)
        assert np.mean(again) == pytest.approx(math.erf(1.96 / 2), abs=0.02)

    def test_stays_within_0_and_1_and_around_the_accuracy(self) -> None:
        for total in (1, 2, 10, 10_000):
            for correct in {0, 1, total // 2, total - 1, total}:
                interval = wilson_interval(correct, total)
                assert 0 <= interval.low < interval.high <= 1
                assert interval.low - 1e-12 < correct / total < interval.high + 1e-12

    def test_of_a_usual_run_is_half_a_percent_wide(self) -> None:
        # √(0.98 · 0.02 / 10,000) = 0.0014, and 1.96 times that to each side.
        interval = wilson_interval(9_800, 10_000)
        assert interval.high - interval.low == pytest.approx(2 * 1.96 * 0.0014, rel=0.01)


class TestConfusionMatrix:
    def test_has_labels_in_rows_and_predictions_in_columns(self) -> None:
        matrix = confusion_matrix(np.array([4, 4, 4, 9]), np.array([9, 4, 9, 9]))
        assert (matrix[4, 9], matrix[4, 4], matrix[9, 9], matrix[9, 4]) == (2, 1, 1, 0)
        assert matrix.sum() == 4

    @pytest.mark.parametrize("digits", [10, 3, 1])
    def test_is_scikit_learn_s(self, digits: int) -> None:
        dice = np.random.default_rng(0)
        labels, predictions = dice.integers(0, digits, (2, 1_000))
        expected = sklearn.metrics.confusion_matrix(labels, predictions, labels=range(10))
        assert np.array_equal(confusion_matrix(labels, predictions), expected)

    def test_of_nothing_is_all_zeros(self) -> None:
        nothing = np.array([], dtype=np.int64)
        assert np.array_equal(confusion_matrix(nothing, nothing), np.zeros((10, 10)))


class TestAccuracyByDigit:
    def test_is_scikit_learn_s_recall(self) -> None:
        dice = np.random.default_rng(1)
        labels = dice.integers(0, 10, 1_000)
        predictions = np.where(dice.random(1_000) < 0.7, labels, dice.integers(0, 10, 1_000))
        expected = sklearn.metrics.recall_score(labels, predictions, average=None)
        shares = accuracy_by_digit(confusion_matrix(labels, predictions))
        assert shares == pytest.approx(expected)

    def test_of_a_digit_that_is_not_there_is_nan(self) -> None:
        matrix = confusion_matrix(np.array([4, 4, 9]), np.array([4, 9, 4]))
        shares = accuracy_by_digit(matrix)
        assert (shares[4], shares[9]) == (0.5, 0.0)
        assert np.isnan(np.delete(shares, [4, 9])).all()
