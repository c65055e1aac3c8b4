"""A run's status and numbers at one moment, as HTML."""

import streamlit as st
from markupsafe import Markup

from mnistlab.core.analysis.range_test.suggestion import is_range_test, round_rate
from mnistlab.core.run import RunStatus
from mnistlab.core.settings.typed_numbers import write_number
from mnistlab.core.training.history import History
from mnistlab.ui import formatting
from mnistlab.ui.diagnosis import divergence as divergence_words
from mnistlab.ui.live import progress
from mnistlab.ui.live.snapshot import RunSnapshot
from mnistlab.ui.services import get_services


def status_line(run: RunSnapshot) -> Markup:
    """Return one line of HTML: the status, the progress, and a bar."""
    kind = run.status.value
    words = "Stopping" if run.is_stopping else formatting.state(run.status, run.config)
    done = 100 * run.history.epochs_trained / run.config.epochs
    return Markup(
        '<div class="lab-status" role="status" data-status="{}">'
        '<i class="lab-dot {}"></i><b>{}</b><span>{}</span></div>'
        '<div class="lab-bar" aria-hidden="true"><i style="width:{:.1f}%"></i></div>'
    ).format(kind, _dot(run), words, _how_far(run), done)


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
    if run.status is RunStatus.DIVERGED:
        return divergence_words.explain(run.history, run.config)
    if run.status is RunStatus.INTERRUPTED:
        return f"{run.message} This is its curve so far."
    if is_range_test(run.config) and run.history.steps:
        return f"learning rate {write_number(round_rate(run.history.steps[-1].learning_rate))}"
    return epochs(run)


def epochs(run: RunSnapshot) -> str:
    """Write a run's progress: epoch 2.5 of 4."""
    done = f"{run.history.epochs_trained:.1f}".removesuffix(".0")
    return f"epoch {done} of {run.config.epochs}"


def stats(run: RunSnapshot) -> Markup:
    """Return the run's four numbers as an HTML list."""
    tiles = (*_measures(run.history), _pace(run), _time(run))
    item = Markup("<div><dt>{}</dt><dd>{}</dd><small>{}</small></div>")
    items = Markup().join(item.format(*tile) for tile in tiles)
    return Markup('<dl class="lab-stats">{}</dl>').format(items)


def _measures(history: History) -> tuple[tuple[str, str, str], tuple[str, str, str]]:
    train = history.steps[-1] if history.steps else None
    accuracy = formatting.percent(train.train_accuracy if train else None)
    loss = formatting.loss(train.train_loss if train else None)
    # Epoch 0 is the untrained network, at about 10%.
    last = history.epochs[-1] if history.epochs_done else None
    if last is not None and last.validation_loss is None:
        without = "no validation images"
        return ("Training accuracy", accuracy, without), ("Training loss", loss, without)
    validation = formatting.percent(last.validation_accuracy if last else None)
    validation_loss = formatting.loss(last.validation_loss if last else None)
    return (
        ("Validation accuracy", validation, f"training {accuracy}"),
        ("Validation loss", validation_loss, f"training {loss}"),
    )


def _pace(run: RunSnapshot) -> tuple[str, str, str]:
    seconds = progress.seconds_per_epoch(run.history)
    pace = progress.images_per_second(run.history, run.config)
    value = formatting.NOTHING if seconds is None else formatting.short_time(seconds)
    return "Time per epoch", value, f"{formatting.number(pace)} images per second" if pace else ""


def _time(run: RunSnapshot) -> tuple[str, str, str]:
    spent = formatting.duration(run.history.seconds) if run.history.steps else formatting.NOTHING
    if not run.status.is_active:
        return "Training time", spent, ""
    left = progress.seconds_left(run.history, run.config)
    value = formatting.NOTHING if left is None else formatting.duration(left)
    return "Time left", value, f"{spent} so far" if run.history.steps else ""


def show_trouble(is_active: bool) -> None:
    """Show why runs can't be trained or saved now, if a shown run is active."""
    trouble = get_services().engine.trouble
    if trouble and is_active:
        st.warning(trouble)
