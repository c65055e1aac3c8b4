"""`python -m benchmarks diagnosis`: what counts as right."""

import pytest

from benchmarks.diagnosis import diagnosis
from benchmarks.diagnosis.diagnosis import Finding, Truth
from mnistlab.core.analysis.diagnosis.convergence import State
from mnistlab.core.analysis.diagnosis.remedies import CauseKind
from mnistlab.core.analysis.diagnosis.signs import SignKind

SLOW = Truth(frozenset({State.IMPROVING}), CauseKind.RATE_TOO_LOW, overfits=False)
WELL = Truth(frozenset({State.IMPROVING, State.CONVERGED}), overfits=False)


@pytest.mark.parametrize(
    ("finding", "is_right"),
    [
        (Finding(State.IMPROVING, (CauseKind.RATE_TOO_LOW,), False), True),
        (Finding(State.IMPROVING, (SignKind.VANISHING, CauseKind.RATE_TOO_LOW), False), True),
        (Finding(State.IMPROVING, (), False), False),
        (Finding(State.STUCK, (CauseKind.RATE_TOO_LOW,), False), False),
        (Finding(State.IMPROVING, (CauseKind.RATE_TOO_LOW,), True), False),
    ],
)
def test_state_cause_and_overfitting_must_all_be_true(finding: Finding, is_right: bool) -> None:
    assert finding.is_right(SLOW) is is_right


def test_nothing_may_be_wrong_with_a_healthy_run() -> None:
    assert Finding(State.CONVERGED, (), False).is_right(WELL)
    assert not Finding(State.CONVERGED, (CauseKind.TOO_NARROW,), False).is_right(WELL)


def test_overfitting_may_be_left_open() -> None:
    stuck = Truth(frozenset({State.STUCK}), CauseKind.LABELS)
    for overfits in (False, True):
        assert Finding(State.STUCK, (CauseKind.LABELS,), overfits).is_right(stuck)


def test_no_runs_are_refused() -> None:
    with pytest.raises(SystemExit):
        diagnosis.main(["--seeds", "0"])
