"""An experiment's runs as they are now: progress, chart, table, and what they show."""

import functools
from collections.abc import Mapping, Sequence

import streamlit as st
from markupsafe import Markup

from mnistlab.core.analysis.comparison import Group
from mnistlab.core.analysis.curves import Axis
from mnistlab.core.experiments.experiment import Experiment
from mnistlab.core.run import RunStatus
from mnistlab.ui.charts.comparison_spec import Frame
from mnistlab.ui.charts.palette import ACCENT, LINE_STYLES
from mnistlab.ui.components.ticker.ticker import MovingLine
from mnistlab.ui.experiments import result, words
from mnistlab.ui.experiments import table as experiment_table
from mnistlab.ui.experiments.parts import share_bar
from mnistlab.ui.experiments.runs import ExperimentRuns, ExperimentStatus
from mnistlab.ui.live import status
from mnistlab.ui.live.panel import Pushed, show_runs
from mnistlab.ui.live.parts import View, mark
from mnistlab.ui.live.snapshot import RunSnapshot
from mnistlab.ui.overlay.controls import choose_measure, choose_options
from mnistlab.ui.overlay.runs import PlottedGroup, moving_lines, show_chart
from mnistlab.ui.overlay.table import Label

_LETTER, _AROUND_NAME, _MOST_ROOM = 7, 34, 170
"""Pixels: of a name's letter at most, beside it, and altogether."""

_SECONDS_BETWEEN_RERUNS = 1.0


def show(trial: ExperimentRuns, guess: str | None) -> None:
    """Show the runs, and rerun while one of them is active; without any, the empty axes."""
    show = functools.partial(_show_as_it_is, trial, guess)
    show_runs("experiment", [*trial.runs.values()], _SECONDS_BETWEEN_RERUNS, show, trial.name)


def _show_as_it_is(
    trial: ExperimentRuns, guess: str | None, snapshots: Sequence[RunSnapshot]
) -> Pushed:
    entries = dict(zip(trial.runs, snapshots, strict=True))
    labels = _label_arms(trial, guess)
    with st.container(horizontal=True, key="experiment"):
        with st.container(horizontal=True, key="experiment_runs"):
            with st.container():
                _show_progress(trial, entries)
                lines = _show_chart(trial, labels, entries)
            with st.container():
                st.html(experiment_table.table(trial.experiment, labels, entries))
        # By state, so that the browser puts the conclusion in place of what stood there before
        # instead of moving that.
        with st.container(key=f"explanation_{trial.state.name.lower()}"):
            result.show_explanation(trial)
    return Pushed(View.EXPERIMENTS, lines)


def _show_progress(trial: ExperimentRuns, entries: Mapping[str, RunSnapshot]) -> None:
    """Show a line and a bar, which have their place before and after the runs too."""
    going_on = [(label, entry) for label, entry in entries.items() if entry.status.is_active]
    is_training = any(entry.status is RunStatus.RUNNING for _, entry in going_on)
    dot = "running" if is_training else "queued" if trial.active else "finished"
    shares = [mark(entry, "share", share_bar(_share(entry))) for entry in entries.values()]
    shares += [share_bar(0.0)] * (len(trial.experiment.arms) - len(shares))
    status.show_trouble(is_active=bool(trial.active))
    st.html(
        Markup(
            '<div class="lab-status"><i class="lab-dot {}"></i><span>{}</span></div>'
            '<div class="lab-bar lab-bar-of-runs" aria-hidden="true">{}</div>'
        ).format(dot, _describe_progress(trial, going_on), Markup().join(shares))
    )


def _describe_progress(trial: ExperimentRuns, going_on: Sequence[tuple[str, RunSnapshot]]) -> str:
    if not trial.active:
        return words.what_runs(trial)
    arms = len(trial.experiment.arms)
    return words.progress(going_on, arms) if going_on else "Saving the results"


def _share(entry: RunSnapshot) -> float:
    return entry.share if entry.status.is_active else 1.0


def _label_arms(trial: ExperimentRuns, guess: str | None) -> dict[str, Label]:
    """Return all arms' labels; the accent is that of the predicted arm, or else of the best."""
    arms = trial.experiment.arms
    predicted = next((arm.label for arm in arms if arm.key == guess), None)
    accent = predicted or (trial.best if trial.state is ExperimentStatus.DONE else None)
    return {
        arm.label: Label(arm.label, LINE_STYLES[ACCENT if arm.label == accent else number], "")
        for number, arm in enumerate(arms, start=ACCENT + 1)
    }


def _show_chart(
    trial: ExperimentRuns, labels: Mapping[str, Label], entries: Mapping[str, RunSnapshot]
) -> list[MovingLine]:
    experiment = trial.experiment
    plots = [
        PlottedGroup(Group((entry.compared,), ()), labels[label])
        for label, entry in entries.items()
    ]
    chart = st.container()
    with st.container(horizontal=True, vertical_alignment="center"):
        measure = choose_measure(trial.name, experiment.measure)
        options = choose_options(trial.name, measure, experiment.axis, len(experiment.arms))
    with chart:
        show_chart(plots, options, _frame(experiment))
    return moving_lines(plots, options)


def _frame(experiment: Experiment) -> Frame:
    is_by_step = experiment.axis is Axis.STEP
    end = max(
        arm.config.epochs * (arm.config.steps_per_epoch if is_by_step else 1)
        for arm in experiment.arms
    )
    longest = max(len(arm.label) for arm in experiment.arms)
    return Frame(end, min(_MOST_ROOM, _AROUND_NAME + _LETTER * longest))
