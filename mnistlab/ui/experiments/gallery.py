"""All experiments, each with its question and status."""

import streamlit as st

from mnistlab.core.experiments.registry import SECTIONS
from mnistlab.ui.experiments import words
from mnistlab.ui.experiments.runs import ExperimentRuns, ExperimentStatus, find_trials
from mnistlab.ui.formatting import plain
from mnistlab.ui.layout.head import head
from mnistlab.ui.live.panel import show_panel
from mnistlab.ui.services import get_services
from mnistlab.ui.session import state

_MOST_COLUMNS = 5
_NARROWEST = 340
_SECONDS_BETWEEN_RERUNS = 2.0


def show() -> None:
    """Show the list, and update it while one of them runs."""
    trials = find_trials()
    with head("Experiments"):
        done = sum(trial.state is ExperimentStatus.DONE for trial in trials.values())
        st.markdown(f":gray[{done} of {len(trials)} done]", width="content")
    st.markdown(
        "Approaches that work and approaches that fail, run live. Predict the result, run it, and "
        "find the reason in the numbers."
    )
    with st.container(key="gallery"):
        for title, experiments in SECTIONS.items():
            st.subheader(title, anchor=False)
            with st.grid(_MOST_COLUMNS, min_column_width=_NARROWEST):
                for name in experiments:
                    _show_card(trials[name])
    active = sum(len(trial.active) for trial in trials.values())
    if active:
        _watch(active)


def _show_card(trial: ExperimentRuns) -> None:
    experiment = trial.experiment
    status = words.card_state(trial, get_services().engine.speed)
    texts = (plain(experiment.title), plain(experiment.question), plain(status))
    st.button(
        "**{}**\n\n{}\n\n:gray[{}]".format(*texts),
        key=f"open_{trial.name}",
        width="stretch",
        wrap=True,
        on_click=state.open_experiment,
        args=(trial.name,),
    )


def _watch(active: int) -> None:
    """Rerun the whole page when a run has ended."""

    def look() -> None:
        if sum(len(trial.active) for trial in find_trials().values()) != active:
            st.rerun()

    show_panel("experiments", look, lambda: _SECONDS_BETWEEN_RERUNS)
