"""A run's status at one moment, as HTML."""

import streamlit as st
from markupsafe import Markup

from mnistlab.core.analysis.range_test.suggestion import is_range_test, round_rate
from mnistlab.core.run import RunStatus
from mnistlab.core.settings.typed_numbers import write_number
from mnistlab.ui import formatting
from mnistlab.ui.live.snapshot import RunSnapshot
from mnistlab.ui.services import get_services


def announcement(run: RunSnapshot) -> Markup:
    """Return the status for screen readers, which say it when it changes."""
    words = formatting.state(run.status, run.config)
    return Markup('<p class="lab-unseen" role="status">{}</p>').format(words)


def status_line(run: RunSnapshot) -> Markup:
    """Return one line of HTML: the status, the progress, and a bar."""
    words = "Stopping" if run.is_stopping else formatting.state(run.status, run.config)
    done = 100 * run.share
    return Markup(
        '<div class="lab-status" data-status="{}">'
        '<i class="lab-dot {}"></i><b>{}</b><span>{}</span></div>'
        '<div class="lab-bar" aria-hidden="true"><i style="width:{:.1f}%"></i></div>'
    ).format(run.status, _dot(run), words, _how_far(run), done)


def _dot(run: RunSnapshot) -> RunStatus:
    """Return the status for a run's dot: divergence is a failure, except in a range test."""
    if run.status is not RunStatus.DIVERGED:
        return run.status
    return RunStatus.FINISHED if is_range_test(run.config) else RunStatus.FAILED


def _how_far(run: RunSnapshot) -> str:
    if run.wait is not None:
        return formatting.place_in_line(run.wait.place, run.wait.seconds)
    if run.status is RunStatus.FAILED:
        return run.message
    if run.status is RunStatus.INTERRUPTED:
        return f"{run.message} This is its curve so far."
    if is_range_test(run.config) and run.history.steps:
        return f"learning rate {write_number(round_rate(run.history.steps[-1].learning_rate))}"
    return epochs(run)


def epochs(run: RunSnapshot) -> str:
    """Write a run's progress: epoch 2.5 of 4."""
    done = f"{run.history.epochs_trained:.1f}".removesuffix(".0")
    return f"epoch {done} of {run.config.epochs}"


def show_trouble(is_active: bool) -> None:
    """Show why runs can't be trained or saved now, if a shown run is active."""
    trouble = get_services().engine.trouble
    if trouble and is_active:
        st.warning(trouble)
