"""`python -m benchmarks forecast`: which losses a forecast is held against."""

import math

import pytest

from benchmarks.diagnosis.forecast import Trial, compare
from mnistlab.core.analysis.diagnosis.convergence import Forecast
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.events import EpochPoint, ValidationErrors
from mnistlab.core.training.history import History


def halving(epochs: int) -> History:
    """A run that halves its loss in every epoch, hardly by chance."""
    points = [
        EpochPoint(
            epoch,
            epoch,
            0.5**epoch,
            0.9,
            0.5**epoch,
            0.9,
            1.0,
            ValidationErrors(0.1, 0.1, (1e-6,) * epoch, (1e-6,) * epoch),
        )
        for epoch in range(epochs + 1)
    ]
    return History([], points)


def test_a_forecast_is_held_against_the_loss_of_its_epoch() -> None:
    trials = list(compare(RunConfig(schedule="constant"), halving(9)))
    # After five and six epochs, for the eighth and the ninth.
    assert [trial.loss for trial in trials] == [0.5**8, 0.5**9]
    assert all(trial.is_covered for trial in trials)
    assert [trial.error for trial in trials] == pytest.approx([0, 0], abs=1e-3)


@pytest.mark.parametrize(("loss", "is_covered"), [(0.09, False), (0.1, True), (0.41, False)])
def test_a_loss_is_covered_within_the_interval(loss: float, is_covered: bool) -> None:
    trial = Trial(Forecast(3, loss=0.2, low=0.1, high=0.4), loss)
    assert trial.is_covered is is_covered
    assert trial.width == pytest.approx(math.log(4))
