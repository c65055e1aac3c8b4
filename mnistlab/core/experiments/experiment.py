"""What a guided experiment is, and what its runs let one conclude."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from mnistlab.core.analysis.curves import Axis
from mnistlab.core.experiments.outcome import Outcome
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.cost.point_interval import seconds_per_run
from mnistlab.core.training.history import Measure

Outcomes: TypeAlias = Mapping[str, Outcome]
"""What came of each arm, by its label, in the order of the arms."""


@dataclass(frozen=True)
class Arm:
    """One of an experiment's runs.

    Attributes:
        label: What is special about it, in few words; no two arms share it.
        config: Its settings. They differ from the other arms' in what is varied alone.
    """

    label: str
    config: RunConfig

    @property
    def key(self) -> str:
        """The label as a URL carries it."""
        return key_of(self.label)


def key_of(label: str) -> str:
    """Return a label in small letters, digits, points and dashes: 4096, sgd-rate-0.1."""
    return re.sub(r"[^a-z0-9.]+", "-", label.lower().replace(",", ""))


def longest_first(arms: Iterable[Arm]) -> list[Arm]:
    """Return arms in the order in which several at a time are over soonest.

    A long one left for the end would keep one core busy while the others stand idle (Graham
    1969, "Bounds on multiprocessing timing anomalies").
    """
    return sorted(arms, key=lambda arm: seconds_per_run(arm.config), reverse=True)


class ClaimVerdict(StrEnum):
    """What the runs say of a claim."""

    HOLDS = "holds here"
    FAILS = "does not hold here"
    ANSWERED = "answered here"
    UNKNOWN = "can't tell from these runs"


@dataclass(frozen=True)
class Judgement:
    """A verdict, and the measured numbers that it rests on, in a sentence or two."""

    verdict: ClaimVerdict
    evidence: str


@dataclass(frozen=True)
class Claim:
    """Something that the notebook says without having measured it.

    Attributes:
        text: What it says, in one sentence.
        judge: What the runs say of it.
    """

    text: str
    judge: Callable[[Outcomes], Judgement]


@dataclass(frozen=True)
class Experiment:
    """One question, the runs that answer it, and how their outcomes are read.

    `answer`, `explain` and the claims are only asked when all arms have come to an end, not
    all of them by diverging; whatever they say is computed from the outcomes.

    Attributes:
        title: Its name.
        question: What is to be predicted.
        why: Why that matters, in one sentence.
        varied: What the arms differ in.
        arms: Its runs, at most twelve.
        options: What can be predicted, by key; keys travel in the URL.
        answer: The keys of the options that the outcomes make right: several where
            chance can't tell them apart, none where none of them fits.
        explain: What was measured, and why it is so, a paragraph each.
        claims: What of the notebook is put to the test.
        axis: Along what the curves are best laid over each other.
        measure: Which of them tell most.
    """

    title: str
    question: str
    why: str
    varied: str
    arms: tuple[Arm, ...]
    options: Mapping[str, str]
    answer: Callable[[Outcomes], frozenset[str]]
    explain: Callable[[Outcomes], list[str]]
    claims: tuple[Claim, ...] = ()
    axis: Axis = Axis.EPOCH
    measure: Measure = Measure.ACCURACY


@dataclass(frozen=True)
class Conclusion:
    """What an experiment's runs show.

    Attributes:
        right: The keys of the options that are right.
        paragraphs: The explanation.
        judgements: What is said of each claim, in their order.
    """

    right: frozenset[str]
    paragraphs: tuple[str, ...]
    judgements: tuple[Judgement, ...]


NO_RESULT = "All of these runs diverged, so there is no result."


def conclude(experiment: Experiment, outcomes: Outcomes) -> Conclusion | None:
    """Return what the outcomes show; None while an arm has none, since that can't tell yet."""
    if any(arm.label not in outcomes for arm in experiment.arms):
        return None
    if all(outcome.has_diverged for outcome in outcomes.values()):
        unknown = Judgement(ClaimVerdict.UNKNOWN, NO_RESULT)
        return Conclusion(frozenset(), (NO_RESULT,), (unknown,) * len(experiment.claims))
    return Conclusion(
        experiment.answer(outcomes),
        tuple(experiment.explain(outcomes)),
        tuple(claim.judge(outcomes) for claim in experiment.claims),
    )
