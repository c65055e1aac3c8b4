"""An experiment's runs as they are now: chart and table, which look again by themselves."""

from collections.abc import Sequence

import streamlit as st
from markupsafe import Markup

from mnistlab.core.analysis.comparison import Group
from mnistlab.core.run import RunStatus
from mnistlab.ui import following, run_status
from mnistlab.ui.charts.palette import SIGNS
from mnistlab.ui.errors import show_errors
from mnistlab.ui.experiments import table as experiment_table
from mnistlab.ui.experiments import words
from mnistlab.ui.experiments.runs import Trial
from mnistlab.ui.following import Followed
from mnistlab.ui.overlay import runs as overlay
from mnistlab.ui.overlay import table as comparison_table
from mnistlab.ui.overlay.controls import show_few_controls
from mnistlab.ui.overlay.runs import Lot
from mnistlab.ui.overlay.table import Label

_SECONDS_BETWEEN_LOOKS = 1.0


def show(trial: Trial) -> None:
    """Show the runs; while one of them goes on, look again and again."""
    st.fragment(_show_live, key=f"live-{trial.name}")(trial)


def _show_live(trial: Trial) -> None:
    _show_as_it_is(trial)
    # After an error too: the next look may go well.
    following.look_again(trial.active, _SECONDS_BETWEEN_LOOKS, "experiment")


@show_errors
def _show_as_it_is(trial: Trial) -> None:
    entries = {label: following.look(run) for label, run in trial.runs.items()}
    now = [entry.status for entry in entries.values()]
    following.show_page_again(list(trial.runs.values()), now)
    _show_progress(trial, entries)
    lots = _make_lots(trial, entries)
    experiment = trial.experiment
    wish = show_few_controls(trial.name, experiment.measure, experiment.axis)
    overlay.show_chart(list(entries.values()), lots, wish)
    st.html(Markup('<div class="lab-under-chart">{}</div>').format(comparison_table.SPLITS))
    st.html(experiment_table.table(experiment, lots, entries, trial.runs))


def _show_progress(trial: Trial, entries: dict[str, Followed]) -> None:
    going_on = [(label, entry) for label, entry in entries.items() if entry.status.is_active]
    if not trial.active:
        return
    arms = len(trial.experiment.arms)
    is_training = any(entry.status is RunStatus.RUNNING for _, entry in going_on)
    said = words.progress(going_on, arms) if going_on else "Writing down the results"
    done = 100 * _share_done(list(entries.values()), arms)
    run_status.show_trouble(is_active=True)
    st.html(
        Markup(
            '<div class="lab-status lab-progress" role="status"><i class="lab-dot {}"></i>'
            "<span>{}</span></div>"
            '<div class="lab-bar" aria-hidden="true"><i style="width:{:.1f}%"></i></div>'
        ).format("running" if is_training else "queued", said, done)
    )


def _share_done(entries: Sequence[Followed], arms: int) -> float:
    return sum(map(_share, entries)) / arms


def _share(entry: Followed) -> float:
    if not entry.status.is_active:
        return 1.0
    return entry.contestant.history.epochs_trained / entry.contestant.config.epochs


def _make_lots(trial: Trial, entries: dict[str, Followed]) -> list[Lot]:
    """Return the runs that there are, each with the sign of its arm whoever else is there."""
    numbers = {arm.label: number for number, arm in enumerate(trial.experiment.arms)}
    return [
        Lot(
            Group((entry.contestant,), ()),
            numbers[label],
            Label(label, SIGNS[numbers[label]], ""),
        )
        for label, entry in entries.items()
    ]
