"""Which remedies are tested, when the answer is known, and what it is."""

import pytest

from mnistlab.core.analysis.diagnosis.outlook import Outlook, logit
from mnistlab.core.analysis.diagnosis.proof import (
    Finding,
    find,
    is_settled,
    is_worth_testing,
    order_tests,
)
from mnistlab.core.analysis.paired import Gain


def outlook(gain: float) -> Outlook:
    """Return what is expected of a run that got half of the images right: within 0.02 or so."""
    return Outlook(0.5, (logit(0.5 + gain),), (0.02,))


def gain(accuracy: float, loss: float = 0.0) -> Gain:
    """Return a gain whose errors are half a percentage point, and 0.01 nats."""
    return Gain(accuracy, 0.005, loss, 0.01)


PLANNED = {"rate_tenth": outlook(0.3), "epochs": outlook(0.1), "start": outlook(-0.2)}


def test_the_most_promising_come_first() -> None:
    outlooks = {f"remedy {n}": outlook(n / 100) for n in range(12)}
    assert order_tests(outlooks) == [f"remedy {n}" for n in range(11, -1, -1)]


@pytest.mark.parametrize(
    ("gains", "settled"),
    [
        ({}, False),
        ({"rate_tenth": gain(0.3)}, True),
        ({"rate_tenth": gain(0.15)}, True),  # less than expected, and yet more than the others
        ({"rate_tenth": gain(0.08)}, False),  # more epochs may do better
        ({"epochs": gain(0.25)}, False),  # the rate may be better
        ({"rate_tenth": gain(0.0), "epochs": gain(0.0)}, True),  # a start is not worth a test
        ({"rate_tenth": gain(0.0)}, False),
        ({name: gain(0.0) for name in PLANNED}, True),
    ],
)
def test_the_answer_is_known_once_nothing_better_is_likely(
    gains: dict[str, Gain], settled: bool
) -> None:
    assert is_settled(PLANNED, gains) is settled


@pytest.mark.parametrize(
    ("gains", "worth"),
    [((0.3, -0.2), True), ((0.019, 0.019), True), ((0.0, -0.1), False), ((), False)],
)
def test_tests_are_worth_it_if_any_remedy_may_matter(gains: tuple[float, ...], worth: bool) -> None:
    outlooks = {f"remedy {number}": outlook(gain) for number, gain in enumerate(gains)}
    assert is_worth_testing(outlooks) is worth


@pytest.mark.parametrize(
    ("gains", "finding"),
    [
        ({"epochs": gain(0.3)}, Finding.CAUSE),
        ({"epochs": gain(0.3), "rate_tenth": gain(0.305)}, Finding.CAUSE),  # not told apart
        ({"epochs": gain(0.1), "rate_tenth": gain(0.3)}, Finding.HELPS),
        ({"epochs": gain(0.015)}, Finding.HELPS),  # too little to be what was wrong
        ({"epochs": gain(0.0, loss=0.05)}, Finding.HELPS),
        ({"epochs": Gain(0.0, 0.0, 1e-4, 3e-5)}, Finding.NOTHING),  # beyond chance, and no help
        ({"epochs": gain(0.01)}, Finding.NOTHING),  # two standard errors
        ({"epochs": gain(-0.01)}, Finding.NOTHING),
        ({"epochs": gain(-0.1)}, Finding.WORSE),
    ],
)
def test_a_test_proves_rules_out_or_shows_some_help(
    gains: dict[str, Gain], finding: Finding
) -> None:
    assert find("epochs", gains) is finding
