"""What is said of overfitting: plain sentences with their numbers."""

import dataclasses
import re
from html import unescape

import pytest

from mnistlab.core.analysis.diagnosis.change import Change
from mnistlab.core.analysis.diagnosis.overfitting import Finding, NotSeen, Onset, Unknown
from mnistlab.core.training.events import EpochPoint
from mnistlab.core.training.history import Measure
from mnistlab.ui.diagnosis.overfitting import notes

BEST = EpochPoint(6, 60, 0.1, 0.99, 0.375, 0.8972, 1.0)
NOW = EpochPoint(25, 250, 0.0004, 1.0, 0.4719, 0.91, 1.0)
HARDLY_WORSE = dataclasses.replace(NOW, validation_loss=0.37504)
WORSE = Change(0.0969, 0.0132)


def said(finding: Finding, measure: Measure = Measure.LOSS) -> str:
    """Return the words alone."""
    return " ".join(re.sub(r"<[^>]+>", " ", unescape(notes({measure: finding}))).split())


def test_when_it_began_how_sure_that_is_and_by_what_numbers() -> None:
    words = said(Onset(BEST, 4, 8, NOW, WORSE, Change(-0.0128, 0.004)))
    assert "Overfitting, by loss Began at epoch 6" in words
    assert "It began between epochs 4 and 8." in words
    assert "Validation loss was 0.375 and is now 0.472: worse by 0.097 ± 0.026 (95% CI)." in words
    assert "Meanwhile training loss fell from 0.100 to 0.0004." in words
    assert "Validation accuracy has not clearly dropped" in words
    assert "dropout" in words


def test_that_it_costs_accuracy_when_it_does() -> None:
    words = said(Onset(BEST, 6, 6, NOW, WORSE, Change(0.021, 0.004)))
    assert "Validation accuracy fell too, by 2.10 ± 0.78 percentage points (95% CI)." in words
    assert "No other epoch comes close." in words


def test_accuracy_is_told_in_percent() -> None:
    onset = Onset(NOW, 20, 27, BEST, Change(0.0128, 0.004), Change(0.0128, 0.004))
    words = said(onset, Measure.ACCURACY)
    assert "Validation accuracy was 91.00% and is now 89.72%" in words
    assert "worse by 1.28 ± 0.78 percentage points (95% CI)." in words


@pytest.mark.parametrize(
    ("finding", "words"),
    [
        (
            NotSeen(NOW, NOW, Change(0.0, 0.0)),
            "Validation loss is at its best in the last epoch: 0.472.",
        ),
        (NotSeen(BEST, NOW, Change(0.01, 0.01)), "in epoch 6. Chance may explain the difference."),
        (
            NotSeen(BEST, HARDLY_WORSE, Change(0.0, 0.01)),
            "loss is 0.375, the same as in epoch 6, its best.",
        ),
        (NotSeen(BEST, NOW, WORSE), "Training loss rose too, so this is not overfitting"),
    ],
)
def test_why_none_is_seen(finding: Finding, words: str) -> None:
    assert "None so far" in said(finding)
    assert words in said(finding)


@pytest.mark.parametrize("reason", Unknown)
def test_when_it_can_not_tell_it_says_so_and_why(reason: Unknown) -> None:
    assert "Can't tell" in said(reason)
    assert len(said(reason)) > 80


def test_what_holds_for_both_measures_is_said_once() -> None:
    both = notes({measure: Unknown.EARLY for measure in Measure})
    assert re.findall(r">(Overfitting[^<]*)<", both) == ["Overfitting"]


def test_both_measures_stand_side_by_side() -> None:
    both = notes({Measure.ACCURACY: Unknown.EARLY, Measure.LOSS: Unknown.PERHAPS})
    assert re.findall(r"by (\w+)<", both) == ["accuracy", "loss"]
