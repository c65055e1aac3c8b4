"""An experiment's result: the prediction's correctness, the explanation, the evidence."""

from collections.abc import Mapping, Sequence

import streamlit as st
from markupsafe import Markup

from mnistlab.core.experiments.evidence import find_evidence
from mnistlab.core.experiments.experiment import Claim, Conclusion, Judgement
from mnistlab.store import RunRecord
from mnistlab.ui import formatting, navigation
from mnistlab.ui.experiments import words
from mnistlab.ui.experiments.runs import ExperimentRuns, ExperimentStatus
from mnistlab.ui.formatting import plain
from mnistlab.ui.live.snapshot import ended_history
from mnistlab.ui.proof.findings import show_findings
from mnistlab.ui.session import url
from mnistlab.ui.session.predictions import SKIPPED


def show_prediction(trial: ExperimentRuns, guess: str) -> None:
    """Show the options: the predicted one and, once all runs have ended, the correct ones."""
    conclusion = trial.conclusion
    right = conclusion.right if conclusion else frozenset[str]()
    options = trial.experiment.options
    items = [_option(text, key == guess, key in right) for key, text in options.items()]
    st.html(Markup('<div class="lab-options" role="list">{}</div>').format(Markup().join(items)))


def _option(text: str, is_guess: bool, is_right: bool) -> Markup:
    """Return an option, as wide as before it was marked."""
    classes = " ".join(["guess"] * is_guess + ["right"] * is_right)
    marks = ["your prediction"] * is_guess + ["correct"] * is_right
    said = Markup('<span class="lab-unseen"> ({})</span>').format(", ".join(marks))
    return Markup('<span role="listitem" class="{}">{}{}</span>').format(
        classes, text, said if marks else ""
    )


def show_verdict(trial: ExperimentRuns, guess: str) -> None:
    """Show whether the prediction was correct."""
    verdict = _verdict(guess, trial.conclusion)
    st.html(Markup('<p class="lab-answered" role="status">{}</p>').format(verdict))


def _verdict(guess: str, conclusion: Conclusion | None) -> str:
    skipped = guess == SKIPPED
    if conclusion is None:
        return "You made no prediction." if skipped else "You predicted:"
    if not conclusion.right:
        return "These runs don't answer the question."
    if skipped:
        return "What the runs show:"
    if guess not in conclusion.right:
        return "The result differs from your prediction; that is where you learn most."
    others = (
        " The options marked as correct show no clear difference."
        if len(conclusion.right) > 1
        else ""
    )
    return f"Your prediction was correct.{others}"


def show_explanation(trial: ExperimentRuns) -> None:
    """Show the conclusion from all runs, or why there is none yet."""
    st.subheader("What this shows", anchor=False)
    conclusion = trial.conclusion
    if conclusion is None:
        st.markdown(plain(trial.experiment.why))
        st.markdown(f":gray[{_why_not_yet(trial)}]")
        return
    paragraphs = [Markup("<p>{}</p>").format(text) for text in conclusion.paragraphs]
    st.html(Markup('<div class="lab-explained">{}</div>').format(Markup().join(paragraphs)))
    _show_claims(trial.experiment.claims, conclusion.judgements)
    with st.expander("Seen inside", key="seen_inside"):
        show_findings(trial.runs)
        st.html(_evidence(trial))
    _show_links(trial.runs)


def _show_links(runs: Mapping[str, RunRecord]) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.page_link(
            navigation.COMPARE.path,
            label="Open in Compare",
            icon=":material/stacked_line_chart:",
            query_params=url.link_to_comparison([run.id for run in runs.values()]),
        )
        with st.popover("Open one run", icon=":material/open_in_new:", key="open_one"):
            for label, run in runs.items():
                query = url.link_to_run(run.id)
                st.page_link(navigation.TRAIN.path, label=plain(label), query_params=query)


def _why_not_yet(trial: ExperimentRuns) -> str:
    if trial.state is ExperimentStatus.UNTRIED:
        return "The conclusion appears here when all runs have ended."
    if trial.state is ExperimentStatus.RUNNING:
        return "Watch the curves. The conclusion appears here when all runs have ended."
    return "Can't tell yet: not all runs have ended."


def _show_claims(claims: Sequence[Claim], judgements: Sequence[Judgement]) -> None:
    if not claims:
        return
    title = Markup('<h4 class="lab-caption">Claims of the notebook, tested</h4>')
    st.html(title + Markup().join(map(_claim, claims, judgements)))


def _claim(claim: Claim, judgement: Judgement) -> Markup:
    verdict = judgement.verdict
    mark, text = words.VERDICT_MARKS[verdict], verdict.value.capitalize()
    return Markup(
        '<div class="lab-verdict lab-claim" data-verdict="{}"><p><q>{}</q></p>'
        "<p><b>{} {}.</b> {}</p></div>"
    ).format(verdict.name.lower(), claim.text, mark, text, judgement.evidence)


def _evidence(trial: ExperimentRuns) -> Markup:
    item = Markup("<dt>{}</dt><dd>{}</dd>")
    items = [item.format(label, _describe_evidence(run)) for label, run in trial.runs.items()]
    title = Markup('<h4 class="lab-caption">Each run in detail</h4>')
    return title + Markup('<dl class="lab-seen">{}</dl>').format(Markup().join(items))


def _describe_evidence(run: RunRecord) -> str:
    sentences = find_evidence(run.config, ended_history(run.id, run.seconds))
    return " ".join(sentences) or formatting.NOTHING
