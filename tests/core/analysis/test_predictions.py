"""Which test images are shown, on six readings worked by hand."""

import numpy as np
import pytest

from mnistlab.core.analysis.predictions import PredictedDigits, SortOrder

LABELS = [4, 4, 9, 4, 9, 7]
READ = [9, 4, 4, 9, 9, 4]
SURE = [0.5, 0.75, 0.875, 0.625, 1.0, 0.5]


@pytest.fixture
def readings() -> PredictedDigits:
    probabilities = np.full((6, 10), 0.0, np.float32)
    for row, (prediction, confidence) in enumerate(zip(READ, SURE, strict=True)):
        probabilities[row] = (1 - confidence) / 9
        probabilities[row, prediction] = confidence
    return PredictedDigits(np.array(LABELS), probabilities)


def test_a_prediction_is_the_most_probable_digit(readings: PredictedDigits) -> None:
    assert readings.predictions.tolist() == READ
    assert readings.confidences.tolist() == SURE


@pytest.mark.parametrize(
    ("label", "prediction", "found"),
    [
        (None, None, [0, 2, 3, 5]),
        (4, None, [0, 3]),
        (None, 4, [2, 5]),
        (None, 9, [0, 3]),
        (4, 9, [0, 3]),
        (4, 4, [1]),
        (9, 9, [4]),
        (0, 0, []),
        (0, None, []),
    ],
)
def test_mistakes_are_found_and_right_ones_only_if_both_are_named(
    readings: PredictedDigits, label: int | None, prediction: int | None, found: list[int]
) -> None:
    assert readings.find(label, prediction, SortOrder.AS_STORED).tolist() == found


@pytest.mark.parametrize(
    ("order", "found"),
    [
        (SortOrder.AS_STORED, [0, 2, 3, 5]),
        (SortOrder.SUREST, [2, 3, 0, 5]),
        (SortOrder.LEAST_SURE, [0, 5, 3, 2]),
    ],
)
def test_they_are_sorted_by_confidence_and_equals_as_stored(
    readings: PredictedDigits, order: SortOrder, found: list[int]
) -> None:
    assert readings.find(None, None, order).tolist() == found


@pytest.mark.parametrize(
    ("order", "found"),
    [
        (SortOrder.AS_STORED, [0, 2, 3, 5, 1, 4]),
        (SortOrder.SUREST, [2, 3, 0, 5, 4, 1]),
        (SortOrder.LEAST_SURE, [0, 5, 3, 2, 1, 4]),
    ],
)
def test_of_all_the_mistakes_come_first(
    readings: PredictedDigits, order: SortOrder, found: list[int]
) -> None:
    assert readings.find_all(order).tolist() == found


@pytest.mark.parametrize(("order", "sign"), [(SortOrder.SUREST, -1), (SortOrder.LEAST_SURE, 1)])
def test_many_that_are_equally_sure_stay_as_stored(order: SortOrder, sign: int) -> None:
    confidences = np.random.default_rng(0).choice([0.5, 0.75, 1.0], 500)
    probabilities = np.repeat((1 - confidences[:, None]) / 9, 10, axis=1)
    probabilities[:, 3] = confidences
    readings = PredictedDigits(np.full(500, 8), probabilities.astype(np.float32))
    expected = sorted(range(500), key=lambda index: sign * confidences[index])
    assert readings.find(8, 3, order).tolist() == expected
