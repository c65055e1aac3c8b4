"""Compares outcomes by the 95 % intervals of their validation accuracy."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from mnistlab.core.analysis.comparison import count_tied, rank
from mnistlab.core.experiments.experiment import ClaimVerdict, Outcomes, key_of
from mnistlab.core.experiments.outcome import Outcome


class PairResult(StrEnum):
    """The comparison of one outcome with another."""

    BETTER = "better"
    LEVEL = "level"
    WORSE = "worse"


VERDICTS = {
    PairResult.BETTER: ClaimVerdict.HOLDS,
    PairResult.LEVEL: ClaimVerdict.UNKNOWN,
    PairResult.WORSE: ClaimVerdict.FAILS,
}
"""The verdict on the claim that one outcome is better than another."""


def best(outcomes: Outcomes) -> list[Outcome]:
    """Return the outcome with the highest validation accuracy, then those level with it.

    Level are those whose 95 % intervals overlap the first's. Diverged runs are not among them.
    """
    judged = [outcome for outcome in outcomes.values() if not outcome.has_diverged]
    ranked = rank([outcome.group for outcome in judged])
    labels = [each.group.members[0].id for each in ranked]
    return [outcomes[label] for label in labels[: count_tied(ranked)]]


def best_keys(outcomes: Outcomes) -> frozenset[str]:
    """Return the keys of `best`: the answer where the options are the arms."""
    return frozenset(key_of(outcome.label) for outcome in best(outcomes))


def order(one: Outcome, other: Outcome) -> PairResult:
    """Return the comparison of two outcomes: level if their 95 % intervals overlap."""
    if one.interval.low > other.interval.high:
        return PairResult.BETTER
    return PairResult.WORSE if one.interval.high < other.interval.low else PairResult.LEVEL


def find_bin(value: float, ends: Mapping[str, float]) -> frozenset[str]:
    """Return the key of the bin that holds `value`.

    Args:
        value: Not negative.
        ends: The end of each bin, by key, rising; larger values belong to the last bin.
    """
    keys: Sequence[str] = [key for key, end in ends.items() if value < end]
    return frozenset(keys[:1] or list(ends)[-1:])
