"""`python -m benchmarks onset`: what counts as right."""

import pytest

from benchmarks.diagnosis import onset
from benchmarks.diagnosis.onset import Trial
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.events import EpochPoint, ValidationErrors
from mnistlab.core.training.history import History


def trial(validation: list[float], unseen: list[float]) -> Trial:
    """Return a run whose changes have the standard error 0.01; epoch 0 comes before."""
    points = [EpochPoint(0, 0, None, None, 2.3, 0.1, 0.0, ValidationErrors(0.1, 0.1))]
    for epoch, loss in enumerate(validation, start=1):
        errors = ValidationErrors(0.1, 0.1, (0.01,) * epoch, (0.01,) * epoch)
        points.append(EpochPoint(epoch, epoch, 1 / epoch, 0.9, loss, 0.9, 1.0, errors))
    return Trial(RunConfig(), History([], points), [2.3, *unseen])


OVERFITTED = [0.50, 0.31, 0.30, 0.32, 0.34, 0.36]  # between epochs 2 and 4


@pytest.mark.parametrize(("best", "is_covered"), [(1, False), (2, True), (4, True), (5, False)])
def test_an_interval_is_right_if_unseen_images_were_read_best_in_it(
    best: int, is_covered: bool
) -> None:
    unseen = [0.4] * 6
    unseen[best - 1] = 0.3
    assert trial(OVERFITTED, unseen).is_covered is is_covered


def test_a_run_that_overfits_without_being_found_out_is_missed() -> None:
    assert not trial([0.5, 0.4, 0.3], [0.5, 0.3, 0.4]).is_covered


def test_no_runs_are_refused() -> None:
    with pytest.raises(SystemExit):
        onset.main(["--seeds", "0"])
