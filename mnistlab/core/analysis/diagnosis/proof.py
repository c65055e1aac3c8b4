"""Which remedies of a run are tested, in which order, and when the answer is known.

A test is a run with one change and the same seed. What it shows is proven; all else is suspected.
"""

from collections.abc import Mapping
from enum import StrEnum

from mnistlab.core.analysis.diagnosis.outlook import Outlook
from mnistlab.core.analysis.paired import Gain

MOST_TESTS = 8
"""Remedies that are tested by themselves; the best is among the first eight of up to fifteen as
often as `python -m benchmarks causes` says."""

MATTERS = 0.02
"""Gain in accuracy that a student sees at once: two percentage points."""


SURPRISE = 0.3
"""How much more than expected a remedy may gain in accuracy. With it the best remedy was among the
first two of 47 in 48 runs of the choosing seed, by four tests each; without it of 43."""


class Finding(StrEnum):
    """What a test shows of its remedy."""

    CAUSE = "that was it"
    HELPS = "it helps"
    NOTHING = "no difference"
    WORSE = "worse"


def order_tests(outlooks: Mapping[str, Outlook]) -> list[str]:
    """Return the remedies that are worth a test, the most promising first."""
    ranked = sorted(outlooks, key=lambda name: -outlooks[name].gain)
    return ranked[:MOST_TESTS]


def is_settled(outlooks: Mapping[str, Outlook], gains: Mapping[str, Gain]) -> bool:
    """Return whether what was tested answers why, so that the rest needs no test.

    The best tested remedy must matter beyond chance, and so much that no other is likely better.

    Args:
        outlooks: What is expected of each remedy that is worth a test.
        gains: How much better those runs are whose test has ended.
    """
    best = max((gain.accuracy for gain in gains.values() if gain.is_accuracy_better), default=0.0)
    left = [outlooks[name].gain for name in outlooks if name not in gains]
    return not left or (best >= MATTERS and best >= max(left) + SURPRISE)


def find(remedy: str, gains: Mapping[str, Gain]) -> Finding:
    """Return what the test of a remedy shows, beside the other tests of the same run."""
    gain = gains[remedy]
    if gain.is_accuracy_worse:
        return Finding.WORSE
    if not gain.is_better:
        return Finding.NOTHING
    best = max(each.accuracy for each in gains.values())
    is_best = gain.accuracy >= max(MATTERS, best - 2 * gain.accuracy_error)
    return Finding.CAUSE if is_best and gain.is_accuracy_better else Finding.HELPS
