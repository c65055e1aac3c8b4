"""What is suspected of real runs, and of any others."""

import dataclasses
from typing import Any

import pytest

from mnistlab.core.analysis.diagnosis.diagnosis import Diagnosis, diagnose
from mnistlab.core.analysis.diagnosis.remedies import REMEDIES, CauseKind
from mnistlab.core.settings.config import RunConfig
from tests.core.trainer import Trainer
from tests.factories import curve, hidden, last, plain_config, probe

PLAIN = plain_config(
    units=(64,), batch_size=50, epochs=4, training_images=3_000, validation_images=2_000, seed=0
)
WELL = probe(1, hidden(), hidden(), last())


def diagnosed(changes: dict[str, Any], trainer: Trainer) -> Diagnosis:
    config = dataclasses.replace(PLAIN, **changes)
    return diagnose(config, trainer.train(config).history)


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"learning_rate": 0.0003}, CauseKind.RATE_TOO_LOW),
        ({"optimizer": "adam", "learning_rate": 0.3}, CauseKind.RATE_TOO_HIGH),
        ({"units": (2,)}, CauseKind.TOO_NARROW),
        ({"initialisation": "zeros"}, CauseKind.START),
        ({"optimizer": "adam", "learning_rate": 0.002, "dropout": 0.95}, CauseKind.REGULARISED),
        ({"optimizer": "adam", "learning_rate": 0.002, "shuffled_labels": 1.0}, CauseKind.LABELS),
    ],
    ids=lambda value: value if isinstance(value, CauseKind) else "",
)
def test_the_one_fault_of_a_real_run_is_among_the_first_two(
    changes: dict[str, Any], cause: CauseKind, trainer: Trainer
) -> None:
    causes = diagnosed(changes, trainer).causes
    assert cause in [each.kind for each in causes]
    assert all(REMEDIES[each.remedy].kind is each.kind for each in causes)
    assert causes[0].outlook.gain == max(each.outlook.gain for each in causes)


def test_nothing_is_suspected_before_there_is_a_trend() -> None:
    assert diagnose(PLAIN, curve([2.3, 2.3], probes=[WELL])).causes == ()


def test_nothing_is_suspected_of_a_run_from_before_there_were_probes() -> None:
    assert diagnose(PLAIN, curve([2.30, 2.31, 2.30, 2.30, 2.31])).causes == ()


def test_nothing_is_suspected_of_a_run_with_a_choice_that_no_fitted_run_had() -> None:
    stuck = curve([2.30, 2.31, 2.30, 2.30, 2.31], probes=[WELL])
    assert diagnose(PLAIN, stuck).suspects
    assert diagnose(dataclasses.replace(PLAIN, optimizer="muon"), stuck).suspects == ()


def test_nothing_is_suspected_of_a_healthy_run(trainer: Trainer) -> None:
    config = RunConfig(
        hidden_layers=1, units=(256,), learning_rate=0.002, dropout=0.0, epochs=5, batch_size=64
    )
    assert diagnose(config, trainer.train(config).history).causes == ()


def test_nothing_is_suspected_without_validation_images(trainer: Trainer) -> None:
    assert diagnosed({"learning_rate": 0.0003, "validation_images": 0}, trainer).causes == ()
