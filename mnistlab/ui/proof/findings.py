"""What is known of why runs went wrong, a line each: proven, seen inside, or suspected."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto

import streamlit as st

from mnistlab.core.analysis.diagnosis.remedies import REMEDIES
from mnistlab.store import RunRecord
from mnistlab.ui.components.verdict.verdict import list_findings
from mnistlab.ui.diagnosis import causes as cause_words
from mnistlab.ui.diagnosis import proofs as proof_words
from mnistlab.ui.diagnosis import signs as sign_words
from mnistlab.ui.proof.investigation import Investigation, accuracy_of, investigate

_HOW_TO_TEST = "What is suspected can be tested: open the run on Train and press “Find out why”."


class Certainty(Enum):
    """How a cause is known."""

    PROVEN = auto()
    SEEN = auto()
    SUSPECTED = auto()


_BEFORE_HEADLINE = {Certainty.PROVEN: "Proven: ", Certainty.SUSPECTED: "Suspected: "}


@dataclass(frozen=True)
class KnownCause:
    """Why a run went wrong.

    Attributes:
        certainty: How it is known: by a test, from inside the network, or from the curves.
        headline: The cause in a few words.
        evidence: What shows it, with numbers.
    """

    certainty: Certainty
    headline: str
    evidence: str


def show_findings(runs: Mapping[str, RunRecord]) -> None:
    """Show the most certain finding on each run, by its label; nothing without any.

    Runs that are not over, and those that went well, have none.
    """
    ended = {label: run for label, run in runs.items() if not run.status.is_active}
    found = {label: find_cause(investigate(run)) for label, run in ended.items()}
    known = {label: cause for label, cause in found.items() if cause is not None}
    if not known:
        return
    items = [
        (label, f"{_BEFORE_HEADLINE.get(cause.certainty, '')}{cause.headline}", cause.evidence)
        for label, cause in known.items()
    ]
    st.html(list_findings("What went wrong", items))
    if any(cause.certainty is Certainty.SUSPECTED for cause in known.values()):
        st.markdown(f":gray[{_HOW_TO_TEST}]")


def find_cause(known: Investigation) -> KnownCause | None:
    """Return the most certain cause of a run's trouble, if there is one."""
    if known.proven:
        [proven, *_] = known.proven
        headline = cause_words.headline(REMEDIES[proven].kind)
        return KnownCause(Certainty.PROVEN, headline, describe_answer(known, proven))
    evidence = known.diagnosis.evidence
    for sign in known.diagnosis.signs:
        return KnownCause(Certainty.SEEN, *sign_words.explain(sign, evidence.config))
    for suspect in known.suspected.values():
        words = cause_words.explain(suspect, evidence)
        return KnownCause(Certainty.SUSPECTED, words.headline, words.evidence)
    return None


def describe_answer(known: Investigation, remedy: str) -> str:
    """Write what the test of a remedy showed, with its numbers."""
    test, gain = known.tests[remedy], known.gains[remedy]
    before, reached = known.record.config, accuracy_of(test)
    return proof_words.result(known.finding(remedy), before, test.config, reached, gain)
