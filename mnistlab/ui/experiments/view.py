"""One experiment: prediction, buttons, runs, explanation."""

import dataclasses

import streamlit as st
from markupsafe import Markup

from mnistlab.ui.errors import catch_action_errors
from mnistlab.ui.experiments import panel as experiment_panel
from mnistlab.ui.experiments import result as experiment_result
from mnistlab.ui.experiments import words
from mnistlab.ui.experiments.runs import ExperimentRuns, ExperimentStatus, find_trials
from mnistlab.ui.formatting import plain
from mnistlab.ui.layout.head import head
from mnistlab.ui.live.estimate import wait_for_speed
from mnistlab.ui.services import get_services
from mnistlab.ui.session import state
from mnistlab.ui.session.offered_runs import run_name
from mnistlab.ui.session.predictions import SKIPPED


def show(name: str) -> None:
    """Show an experiment: its question, the prediction, its runs."""
    trial = find_trials()[name]
    for run in trial.runs.values():
        state.note_use(run)
    shown = [run.id for run in trial.runs.values()]
    with head(trial.experiment.title, _show_way_back, shows=shown):
        question = Markup('<p class="lab-question">{}</p>').format(trial.experiment.question)
        st.html(question, width="stretch")
    guess = state.guesses().get(name)
    with st.container(horizontal=True, vertical_alignment="center", key="prediction"):
        if guess is None or trial.state is ExperimentStatus.UNTRIED:
            _show_options(trial, guess)
        else:
            experiment_result.show_prediction(trial, guess)
        with st.container(horizontal=True, vertical_alignment="center"):
            _show_actions(trial, guess)
    if guess is not None and (reason := words.not_here(trial)):
        st.info(plain(reason))
    # What is there already would give the answer away.
    seen = trial if guess is not None else dataclasses.replace(trial, runs={})
    experiment_panel.show(seen, guess)


def _show_way_back() -> None:
    st.button(
        "All",
        icon=":material/arrow_back:",
        type="tertiary",
        key="all_experiments",
        on_click=state.open_experiment,
        args=(None,),
    )


def _show_options(trial: ExperimentRuns, guess: str | None) -> None:
    key = f"guess_{trial.name}"
    options = trial.experiment.options
    st.session_state[key] = guess if guess in options else None
    st.pills(
        "What do you predict?",
        list(options),
        key=key,
        format_func=lambda option: plain(options.get(option, "")),
        on_change=lambda: state.guess(trial.name, st.session_state[key]),
        label_visibility="collapsed",
        wrap=True,
    )


def _show_actions(trial: ExperimentRuns, guess: str | None) -> None:
    """Show what comes next, in one place: predict, run, stop, read the answer."""
    if guess is None:
        _show_skip(trial)
    elif trial.active:
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
    else:
        experiment_result.show_verdict(trial, guess)


def _show_skip(trial: ExperimentRuns) -> None:
    there = "Its runs already exist. Predict first, then see them." if trial.runs else ""
    st.markdown(there or "What do you predict?", width="content")
    st.button(
        "Skip the prediction",
        type="tertiary",
        key="skip",
        on_click=state.guess,
        args=(trial.name, SKIPPED),
    )


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
