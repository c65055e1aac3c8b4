"""All experiments, each with its question and status."""

import streamlit as st
from markupsafe import Markup

from mnistlab.core.experiments.registry import SECTIONS
from mnistlab.ui.experiments import words
from mnistlab.ui.experiments.runs import ExperimentRuns, find_trials
from mnistlab.ui.live.panel import show_panel
from mnistlab.ui.services import get_services
from mnistlab.ui.session import state

_COLUMNS = 3
_SECONDS_BETWEEN_RERUNS = 2.0


def show() -> None:
    """Show the list, and update it while one of them runs."""
    st.title("Experiments", anchor=False)
    st.markdown(
        "Approaches that work and approaches that fail, run live. Predict the result, run it, and "
        "find the reason in the numbers."
    )
    trials = find_trials()
    for title, experiments in SECTIONS.items():
        st.subheader(title, anchor=False)
        _show_cards([trials[name] for name in experiments])
    active = sum(len(trial.active) for trial in trials.values())
    if active:
        _watch(active)


def _show_cards(trials: list[ExperimentRuns]) -> None:
    for start in range(0, len(trials), _COLUMNS):
        for column, trial in zip(st.columns(_COLUMNS), trials[start:], strict=False):
            with column:
                _show_card(trial)


def _show_card(trial: ExperimentRuns) -> None:
    experiment = trial.experiment
    with st.container(border=True, height="stretch", key=f"card_{trial.name}"):
        st.button(
            experiment.title,
            key=f"open_{trial.name}",
            type="tertiary",
            on_click=state.open_experiment,
            args=(trial.name,),
        )
        status = words.card_state(trial, get_services().engine.speed)
        st.html(
            Markup(
                '<p class="lab-question">{}</p>'
                '<p class="lab-card-state" data-state="{}"><i></i>{}</p>'
            ).format(experiment.question, trial.state.name.lower(), status)
        )


def _watch(active: int) -> None:
    """Rerun the whole page when a run has ended."""

    def look() -> None:
        if sum(len(trial.active) for trial in find_trials().values()) != active:
            st.rerun()

    show_panel("experiments", look, lambda: _SECONDS_BETWEEN_RERUNS)
