"""An experiment's runs as they are now: progress, chart and table."""

import functools
from collections.abc import Sequence

import streamlit as st
from markupsafe import Markup

from mnistlab.core.analysis.comparison import Group
from mnistlab.core.run import RunStatus
from mnistlab.ui.charts.palette import LINE_STYLES
from mnistlab.ui.experiments import table as experiment_table
from mnistlab.ui.experiments import words
from mnistlab.ui.experiments.runs import ExperimentRuns
from mnistlab.ui.live import status
from mnistlab.ui.live.panel import show_runs
from mnistlab.ui.live.snapshot import RunSnapshot
from mnistlab.ui.overlay import runs as overlay
from mnistlab.ui.overlay import table as comparison_table
from mnistlab.ui.overlay.controls import show_controls
from mnistlab.ui.overlay.runs import PlottedGroup
from mnistlab.ui.overlay.table import Label

_SECONDS_BETWEEN_RERUNS = 1.0


def show(trial: ExperimentRuns) -> None:
    """Show the runs, and rerun while one of them is active."""
    show = functools.partial(_show_as_it_is, trial)
    show_runs("experiment", [*trial.runs.values()], _SECONDS_BETWEEN_RERUNS, show, trial.name)


def _show_as_it_is(trial: ExperimentRuns, snapshots: Sequence[RunSnapshot]) -> None:
    entries = dict(zip(trial.runs, snapshots, strict=True))
    _show_progress(trial, entries)
    plots = _make_plots(trial, entries)
    experiment = trial.experiment
    options = show_controls(trial.name, experiment.measure, experiment.axis)
    overlay.show_chart(list(entries.values()), plots, options)
    st.html(Markup('<div class="lab-under-chart">{}</div>').format(comparison_table.SPLITS))
    st.html(experiment_table.table(experiment, plots, entries))


def _show_progress(trial: ExperimentRuns, entries: dict[str, RunSnapshot]) -> None:
    going_on = [(label, entry) for label, entry in entries.items() if entry.status.is_active]
    if not trial.active:
        return
    arms = len(trial.experiment.arms)
    is_training = any(entry.status is RunStatus.RUNNING for _, entry in going_on)
    text = words.progress(going_on, arms) if going_on else "Saving the results"
    done = 100 * sum(map(_share, entries.values())) / arms
    status.show_trouble(is_active=True)
    st.html(
        Markup(
            '<div class="lab-status lab-progress" role="status"><i class="lab-dot {}"></i>'
            "<span>{}</span></div>"
            '<div class="lab-bar" aria-hidden="true"><i style="width:{:.1f}%"></i></div>'
        ).format("running" if is_training else "queued", text, done)
    )


def _share(entry: RunSnapshot) -> float:
    if not entry.status.is_active:
        return 1.0
    return entry.history.epochs_trained / entry.config.epochs


def _make_plots(trial: ExperimentRuns, entries: dict[str, RunSnapshot]) -> list[PlottedGroup]:
    """Return the existing runs, each with the line style of its arm."""
    numbers = {arm.label: number for number, arm in enumerate(trial.experiment.arms)}
    return [
        PlottedGroup(
            Group((entry.compared,), ()),
            numbers[label],
            Label(label, LINE_STYLES[numbers[label]], ""),
        )
        for label, entry in entries.items()
    ]
