"""What is expected of a change: a mixture of Student's t distributions of the accuracy's logit."""

import pytest

from mnistlab.core.analysis.diagnosis.outlook import Outlook, logit


def test_a_sure_prediction_is_the_expected_accuracy() -> None:
    outlook = Outlook(0.5, (logit(0.9),), (0.001,))
    assert outlook.accuracy == pytest.approx(0.9, abs=1e-3)
    assert outlook.gain == pytest.approx(0.4, abs=1e-3)
    assert outlook.chance_to_gain(0.39) > 0.99
    assert outlook.chance_to_gain(0.41) < 0.01


def test_networks_that_disagree_count_alike() -> None:
    outlook = Outlook(0.5, (logit(0.9), logit(0.1)), (0.001, 0.001))
    assert outlook.accuracy == pytest.approx(0.5, abs=1e-3)
    assert outlook.chance_to_gain(0.2) == pytest.approx(0.5, abs=1e-3)


@pytest.mark.parametrize(
    ("scales_above", "chance"),
    # Tables of Student's t with three degrees of freedom: the quantiles of 90 % and 97.5 %.
    [(0.0, 0.5), (1.638, 0.1), (3.182, 0.025), (-1.638, 0.9)],
)
def test_chances_are_those_of_students_distribution(scales_above: float, chance: float) -> None:
    scale = 0.2
    shift = logit(0.7) - logit(0.5) - scales_above * scale
    assert Outlook(0.5, (shift,), (scale,)).chance_to_gain(0.2) == pytest.approx(chance, abs=1e-3)


def test_no_gain_beyond_all_images_is_likely() -> None:
    assert Outlook(0.99, (3.0,), (1.0,)).chance_to_gain(0.02) == 0


@pytest.mark.parametrize(
    ("accuracy", "expected"), [(0.5, 0.0), (0.9, 2.1972), (0.1, -2.1972), (0.0, -3.8918)]
)
def test_logits_are_the_logarithms_of_odds_within_bounds(accuracy: float, expected: float) -> None:
    assert logit(accuracy) == pytest.approx(expected, abs=1e-4)
