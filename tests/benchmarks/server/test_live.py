"""What is made of the times at which points were made and seen."""

import pytest

from benchmarks.server import moments
from mnistlab.core.training.events import EpochPoint
from mnistlab.core.training.history import History

EPOCH = EpochPoint(1, 10, 0.5, 0.9, None, None, 2.0)


def test_a_points_lag_ends_with_the_first_frame_that_has_it() -> None:
    grew = [(100.0, 0.25), (100.5, 0.5), (102.0, 1.0)]
    untrained = EpochPoint(0, 0, None, None, None, None, 0.0)
    made = {0.25: 99.9, 0.4: 100.1, 0.5: 100.2, 1.0: 101.5, 1.2: 102.0}
    seen = moments.judge(grew, made, History(epochs=[untrained, EPOCH]), 0.1)
    assert seen.lags == pytest.approx([0.1, 0.4, 0.3, 0.5])
    assert seen.updates_per_second == pytest.approx(2 / 2.0)
    assert seen.points_per_second == pytest.approx(4 / 2.1)
    assert seen.epochs == [2.0]
