"""Which remedies of a run are tested, in which order, and when the answer is known.

A test is a run with one change and the same seed. What it shows is proven; all else is suspected.
"""

import math
from collections.abc import Iterable, Mapping
from enum import StrEnum

from mnistlab.core.analysis.diagnosis.outlook import Outlook
from mnistlab.core.analysis.paired import Gain

MATTERS = 0.02
"""Gain in accuracy that a student sees at once: two percentage points."""

_LOSS_MATTERS = 0.01
"""Fall of the loss that counts where the accuracy stays as it is, in nats: less is no help even
where it is beyond chance."""

SURPRISE = 0.01
"""How likely any remedy that is left may still beat the best one tested. Of five parts of the
choosing trials, each judged by networks that were fitted to the others, a main cause was then among
the best two tested in 99 % of the runs in trouble, by 5.5 tests each; with 0.03 in 97 %, by 3.9."""

WELL = 0.9
"""Accuracy of a run that has no great fault unless one is proven."""

_UNSURE = 0.1
"""How likely any remedy must matter for tests to be offered although no cause is named."""


class Finding(StrEnum):
    """What a test shows of its remedy."""

    CAUSE = "that was it"
    LEADS = "the best so far"
    HELPS = "it helps"
    NOTHING = "no difference"
    WORSE = "worse"


def order_tests(outlooks: Mapping[str, Outlook]) -> list[str]:
    """Return the remedies, the most promising first."""
    return sorted(outlooks, key=lambda name: -outlooks[name].gain)


def is_settled(outlooks: Mapping[str, Outlook], gains: Mapping[str, Gain]) -> bool:
    """Return whether what was tested answers why, so that the rest needs no test.

    That is when no remedy that is left is likely to beat the best tested one by so much that it
    matters.

    Args:
        outlooks: What is expected of each remedy.
        gains: How much better those runs are whose test has ended.
    """
    best = max((gain.accuracy for gain in gains.values() if gain.is_accuracy_better), default=0.0)
    left = [outlooks[name] for name in outlooks if name not in gains]
    return _chance_of_any(left, best + MATTERS) < SURPRISE


def is_worth_testing(outlooks: Mapping[str, Outlook]) -> bool:
    """Return whether some remedy may matter, so that tests may show what no curve does."""
    return _chance_of_any(outlooks.values(), MATTERS) >= _UNSURE


def _chance_of_any(outlooks: Iterable[Outlook], gain: float) -> float:
    """Return how likely any of several remedies gains more, as if they were independent."""
    return 1 - math.prod(1 - outlook.chance_to_gain(gain) for outlook in outlooks)


def find(remedy: str, gains: Mapping[str, Gain]) -> Finding:
    """Return what the test of a remedy shows, beside the other tests of the same run."""
    gain = gains[remedy]
    if gain.is_accuracy_worse:
        return Finding.WORSE
    is_loss_better = gain.is_loss_better and (gain.loss or 0.0) >= _LOSS_MATTERS
    if not gain.is_accuracy_better and not is_loss_better:
        return Finding.NOTHING
    best = max(each.accuracy for each in gains.values())
    is_best = gain.accuracy >= max(MATTERS, best - 2 * gain.accuracy_error)
    return Finding.CAUSE if is_best and gain.is_accuracy_better else Finding.HELPS
