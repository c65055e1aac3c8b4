"""A guided experiment, and the conclusion from its runs."""

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
"""Each arm's outcome, by its label, in the order of the arms."""


@dataclass(frozen=True)
class Arm:
    """One of an experiment's runs.

    Attributes:
        label: Its special settings in a few words; unique among the arms.
        config: Its settings, which differ from the other arms' only in what is varied.
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
    """Return arms in the order in which several workers finish them soonest.

    A long one at the end would leave other workers idle (Graham 1969, "Bounds on
    multiprocessing timing anomalies").
    """
    return sorted(arms, key=lambda arm: seconds_per_run(arm.config), reverse=True)


class ClaimVerdict(StrEnum):
    """Whether the runs support a claim."""

    HOLDS = "holds here"
    FAILS = "does not hold here"
    ANSWERED = "answered here"
    UNKNOWN = "can't tell from these runs"


@dataclass(frozen=True)
class Judgement:
    """A verdict, and the measured numbers for it in a sentence or two."""

    verdict: ClaimVerdict
    evidence: str


@dataclass(frozen=True)
class Claim:
    """A claim that the notebook makes without having measured it.

    Attributes:
        text: The claim, in one sentence.
        judge: Returns the judgement from the outcomes.
    """

    text: str
    judge: Callable[[Outcomes], Judgement]


@dataclass(frozen=True)
class Experiment:
    """One question, its runs, and the conclusions from their outcomes.

    `answer`, `explain` and the claims' judges are called with the outcomes of all arms, of
    which at least one did not diverge.

    Attributes:
        title: Its name.
        question: What is to be predicted.
        why: Why that matters, in one sentence.
        varied: The settings in which the arms differ.
        arms: Its runs, at most eleven: as many as there are line styles beside the accent.
        options: The possible predictions, by key; keys are used in the URL.
        answer: Returns the keys of the right options: several if there is no clear
            difference, none if none of them fits.
        explain: Returns the measurements and their causes, a paragraph each.
        claims: The notebook's claims that are tested.
        axis: The x-axis on which the curves are best compared.
        measure: The curves that show the most.
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
        judgements: Of each claim, in their order.
    """

    right: frozenset[str]
    paragraphs: tuple[str, ...]
    judgements: tuple[Judgement, ...]


NO_RESULT = "All of these runs diverged, so there is no result."


def conclude(experiment: Experiment, outcomes: Outcomes) -> Conclusion | None:
    """Return what the outcomes show; None while an arm has none."""
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
