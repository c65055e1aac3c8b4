"""What is known of why runs went wrong, a line each: proven, seen inside, or suspected."""

from collections.abc import Mapping

import streamlit as st

from mnistlab.core.analysis.diagnosis.remedies import REMEDIES
from mnistlab.store import RunRecord
from mnistlab.ui.components.verdict.verdict import list_findings
from mnistlab.ui.diagnosis import causes as cause_words
from mnistlab.ui.diagnosis import proofs as proof_words
from mnistlab.ui.diagnosis import signs as sign_words
from mnistlab.ui.proof.investigation import Investigation, accuracy_of, investigate

_SUSPECTED = "Suspected:"
_HOW_TO_TEST = "What is suspected can be tested: open the run on Train and press “Find out why”."


def show_findings(runs: Mapping[str, RunRecord]) -> None:
    """Show the most certain finding on each run, by its label; nothing without any.

    Runs that are not over, and those that went well, have none.
    """
    ended = {label: run for label, run in runs.items() if not run.status.is_active}
    found = {label: _find(investigate(run)) for label, run in ended.items()}
    items = [(label, *words) for label, words in found.items() if words]
    if not items:
        return
    st.html(list_findings("What went wrong", items))
    if any(headline.startswith(_SUSPECTED) for _, headline, _ in items):
        st.markdown(f":gray[{_HOW_TO_TEST}]")


def _find(known: Investigation) -> tuple[str, str] | None:
    """Return a headline and its evidence."""
    if known.proven:
        [cause, *_] = known.proven
        headline = cause_words.headline(REMEDIES[cause].kind)
        return f"Proven: {headline}", describe_answer(known, cause)
    evidence = known.diagnosis.evidence
    for sign in known.diagnosis.signs:
        return sign_words.explain(sign, evidence.config)
    for suspect in known.suspected.values():
        words = cause_words.explain(suspect, evidence)
        return f"{_SUSPECTED} {words.headline}", words.evidence
    return None


def describe_answer(known: Investigation, remedy: str) -> str:
    """Write what the test of a remedy showed, with its numbers."""
    test, gain = known.tests[remedy], known.gains[remedy]
    before, reached = known.record.config, accuracy_of(test)
    return proof_words.result(known.finding(remedy), before, test.config, reached, gain)
