"""One experiment: prediction, buttons, runs, explanation."""

import streamlit as st
from markupsafe import Markup

from mnistlab.core.experiments.experiment import Experiment
from mnistlab.ui import navigation
from mnistlab.ui.errors import catch_action_errors
from mnistlab.ui.experiments import panel as experiment_panel
from mnistlab.ui.experiments import result as experiment_result
from mnistlab.ui.experiments import words
from mnistlab.ui.experiments.runs import ExperimentRuns, ExperimentStatus, find_trials
from mnistlab.ui.formatting import plain
from mnistlab.ui.live.estimate import wait_for_speed
from mnistlab.ui.services import get_services
from mnistlab.ui.session import state, url
from mnistlab.ui.session.offered_runs import run_name
from mnistlab.ui.session.predictions import SKIPPED


def show(name: str) -> None:
    """Show the parts of an experiment that its progress allows."""
    trial = find_trials()[name]
    for run in trial.runs.values():
        state.note_use(run)
    _show_head(trial.experiment)
    guess = state.guesses().get(name)
    if guess is None or trial.state is ExperimentStatus.UNTRIED:
        _show_prediction(trial, guess)
    else:
        experiment_result.show_prediction(trial, guess)
    if guess is None:
        return
    _show_buttons(trial)
    if trial.runs:
        _show_runs(trial)


def _show_head(experiment: Experiment) -> None:
    st.button(
        "All experiments",
        icon=":material/arrow_back:",
        type="tertiary",
        key="all_experiments",
        on_click=state.open_experiment,
        args=(None,),
    )
    st.title(experiment.title, anchor=False)
    st.html(Markup('<p class="lab-lead">{}</p>').format(experiment.question))
    st.caption(plain(experiment.why))


def _show_prediction(trial: ExperimentRuns, guess: str | None) -> None:
    key = f"guess_{trial.name}"
    options = trial.experiment.options
    st.session_state[key] = guess if guess in options else None
    st.pills(
        "What do you predict?",
        list(options),
        key=key,
        format_func=lambda option: plain(options.get(option, "")),
        on_change=lambda: state.guess(trial.name, st.session_state[key]),
    )
    if guess is None:
        st.button(
            "Skip the prediction",
            type="tertiary",
            key="skip",
            on_click=state.guess,
            args=(trial.name, SKIPPED),
        )
        if trial.runs:
            st.markdown(":gray[Its runs already exist. Predict first, then see them.]")


def _show_buttons(trial: ExperimentRuns) -> None:
    if reason := words.not_here(trial):
        st.info(plain(reason))
    if trial.active:
        st.button(
            "Stop",
            key="stop_experiment",
            icon=":material/stop:",
            help="Stops all runs of this experiment that have not ended.",
            on_click=_stop,
            args=(trial.name,),
        )
    elif trial.trainable:
        st.button(
            words.run_label(trial, get_services().engine.speed),
            key="run_experiment",
            type="primary",
            icon=":material/play_arrow:",
            on_click=_run,
            args=(trial.name,),
        )
        if get_services().engine.speed is None:
            wait_for_speed("Getting ready…")
        st.caption(plain(_what_runs(trial)))


def _what_runs(trial: ExperimentRuns) -> str:
    arms = trial.experiment.arms
    there = len(trial.ended)
    text = f"{len(arms)} runs, each a normal run in your lab."
    if there == len(arms):
        return text
    return f"{text} You already have {there} of them." if there else text


@catch_action_errors
def _run(name: str) -> None:
    """Train what is missing; a run without a result is trained again in its place."""
    engine, lab, trial = get_services().engine, state.lab(), find_trials()[name]
    for arm in trial.trainable:
        if arm.label in trial.runs:
            engine.run_again(lab, trial.runs[arm.label].id)
        else:
            engine.submit(lab, arm.config, run_name(trial.experiment, arm))


@catch_action_errors
def _stop(name: str) -> None:
    """Stop the active runs, the last first, so that no queued one starts meanwhile."""
    for run in reversed(find_trials()[name].active):
        get_services().engine.stop(state.lab(), run.id)


def _show_runs(trial: ExperimentRuns) -> None:
    left, right = st.columns([3, 2], gap="large")
    with left:
        experiment_panel.show(trial)
    with right:
        experiment_result.show_explanation(trial)
        _show_links(trial)


def _show_links(trial: ExperimentRuns) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.page_link(
            navigation.COMPARE.path,
            label="Open in Compare",
            icon=":material/stacked_line_chart:",
            query_params=url.link_to_comparison([run.id for run in trial.runs.values()]),
        )
        with st.popover("Open one run", icon=":material/open_in_new:", key="open_one"):
            for label, run in trial.runs.items():
                query = url.link_to_run(run.id)
                st.page_link(navigation.TRAIN.path, label=plain(label), query_params=query)
