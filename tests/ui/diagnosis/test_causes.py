"""Sentences on what is suspected of a run: evidence, and the change to try."""

import dataclasses
import re
from typing import Any

import pytest

from mnistlab.core.analysis.diagnosis.causes import Cause
from mnistlab.core.analysis.diagnosis.convergence import find_convergence
from mnistlab.core.analysis.diagnosis.evidence import Evidence
from mnistlab.core.analysis.diagnosis.outlook import Outlook, logit
from mnistlab.core.analysis.diagnosis.remedies import REMEDIES
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.history import History
from mnistlab.ui.diagnosis.causes import Words, explain
from tests.factories import curve, hidden, last, probe

CONFIG = RunConfig(
    hidden_layers=2,
    units=(4, 32),
    activation="tanh",
    learning_rate=0.02,
    dropout=0.9,
    weight_decay=0.1,
    shuffled_labels=0.5,
    training_images=8_000,
    epochs=4,
)
SEEN = probe(1, hidden(), hidden(flat=0.8, dead=0.2), last())
SLOW = curve([2.0, 1.8, 1.6, 1.4], accuracies=(0.52, 0.91), probes=[SEEN])


def explained(remedy: str, config: RunConfig = CONFIG, history: History = SLOW) -> Words:
    cause = Cause(REMEDIES[remedy].kind, remedy, Outlook(0.5, (logit(0.93),), (0.01,)))
    return explain(cause, Evidence(config, history, find_convergence(config, history)))


@pytest.mark.parametrize("remedy", sorted(set(REMEDIES) - {"deeper"}))
def test_each_has_evidence_with_a_number_and_a_change_to_try(remedy: str) -> None:
    words = explained(remedy)
    assert words.headline
    assert re.search(r"\d", words.evidence)
    said = r"it helped in about 99 of 100 similar runs, which then reached about 93%\."
    assert re.match(rf"Try .+ instead of .+: {said}", words.remedy)
    assert not re.search(r"\bnan\b|\binf\b|None", words.evidence)


@pytest.mark.parametrize(
    ("remedy", "evidence"),
    [
        ("rate_tenth", "One step changed a layer's weights by up to 0.10% (typical: about 0.1%)."),
        ("epochs", "After 40 steps, the loss, 1.40 at the end, still fell by 12.6% per epoch."),
        (
            "no_brake",
            "Dropout switches off 90% of the hidden units in each step and a weight decay of 0.1 "
            "(usual: 0.01 or less) keeps the weights small; it gets 52.0% of its training images "
            "right.",
        ),
        (
            "right_labels",
            "50% of its training images have a shuffled label. It gets 52.0% of its training "
            "images right, and 91.0% of the validation images.",
        ),
        ("wider", "Its narrowest hidden layer has 4 units, through which everything must pass."),
        ("activation", "tanh is nearly flat for up to 80% of a layer's activations, and up to 20%"),
        ("images", "From 8,000 training images it learned to get 52.0% of its training images"),
    ],
)
def test_evidence_is_what_was_measured(remedy: str, evidence: str) -> None:
    assert explained(remedy).evidence.startswith(evidence)


@pytest.mark.parametrize(
    ("remedy", "changes", "change"),
    [
        ("rate_tenth", {}, "learning rate 0.002 instead of 0.02"),
        ("no_brake", {}, "dropout 0 instead of 0.9 and weight decay 0 instead of 0.1"),
        ("epochs", {}, "12 epochs instead of 4"),
        ("shallower", {"units": (4,)}, "1 hidden layer instead of 2"),
        ("images", {}, "32,000 training images instead of 8,000"),
        ("activation", {}, "activation function ReLU instead of tanh"),
        ("wider", {}, "256 units per layer instead of 4 → 32"),
        ("deeper", {"hidden_layers": 0, "units": (64,)}, "1 hidden layer instead of 0"),
    ],
)
def test_the_change_is_named_with_both_values(
    remedy: str, changes: dict[str, Any], change: str
) -> None:
    words = explained(remedy, dataclasses.replace(CONFIG, **changes))
    assert words.remedy.startswith(f"Try {change}:")


def test_a_leap_of_the_loss_is_told() -> None:
    leaping = curve([2.3, 2.3, 2.3], probes=[SEEN], worst=744.4)
    assert "and training loss jumped to 744." in explained("rate_tenth", history=leaping).evidence
