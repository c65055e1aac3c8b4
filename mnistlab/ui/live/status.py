"""How a run stands at one moment, in words and numbers."""

from html import escape

import streamlit as st

from mnistlab.core.analysis.range_test.suggestion import is_range_test, round_rate
from mnistlab.core.run import RunStatus
from mnistlab.core.settings.kinds import write_number
from mnistlab.core.training.history import History
from mnistlab.ui import formatting as wording
from mnistlab.ui.live import progress
from mnistlab.ui.live.snapshot import RunSnapshot
from mnistlab.ui.services import get_services


def status_line(run: RunSnapshot) -> str:
    """Return one line of HTML: the state, how far, and how long it will still take."""
    kind = run.status.value
    words = "Stopping" if run.is_stopping else wording.state(run.status, run.config)
    done = 100 * run.history.epochs_trained / run.config.epochs
    return (
        f'<div class="lab-status" role="status" data-status="{kind}">'
        f'<i class="lab-dot {_dot(run)}"></i><b>{words}</b>'
        f"<span>{escape(_how_far(run))}</span></div>"
        f'<div class="lab-bar" aria-hidden="true"><i style="width:{done:.1f}%"></i></div>'
    )


def _dot(run: RunSnapshot) -> RunStatus:
    """Return whose dot a run has: that of a failure is red, which a range test's end is not."""
    has_failed = run.status is RunStatus.FAILED
    return RunStatus.FINISHED if has_failed and is_range_test(run.config) else run.status


def _how_far(run: RunSnapshot) -> str:
    if run.wait is not None:
        return wording.place_in_line(run.wait.place, run.wait.seconds)
    if run.status is RunStatus.FAILED:
        return run.message
    if run.status is RunStatus.INTERRUPTED:
        return f"{run.message} This is its curve so far."
    if is_range_test(run.config) and run.history.steps:
        return f"learning rate {write_number(round_rate(run.history.steps[-1].learning_rate))}"
    done = f"{run.history.epochs_trained:.1f}".removesuffix(".0")
    return f"epoch {done} of {run.config.epochs}"


def stats(run: RunSnapshot) -> str:
    """Return the run's numbers as an HTML list of four."""
    tiles = (*_measures(run.history), _pace(run), _time(run))
    items = (
        f"<div><dt>{escape(label)}</dt><dd>{escape(value)}</dd><small>{escape(note)}</small></div>"
        for label, value, note in tiles
    )
    return f'<dl class="lab-stats">{"".join(items)}</dl>'


def _measures(history: History) -> tuple[tuple[str, str, str], tuple[str, str, str]]:
    train = history.steps[-1] if history.steps else None
    accuracy = wording.percent(train.train_accuracy if train else None)
    loss = wording.loss(train.train_loss if train else None)
    # Epoch 0 is the network before training: 10 % right is no news.
    last = history.epochs[-1] if history.epochs_done else None
    if last is not None and last.validation_loss is None:
        without = "no validation images"
        return ("Training accuracy", accuracy, without), ("Training loss", loss, without)
    validation = wording.percent(last.validation_accuracy if last else None)
    validation_loss = wording.loss(last.validation_loss if last else None)
    return (
        ("Validation accuracy", validation, f"training {accuracy}"),
        ("Validation loss", validation_loss, f"training {loss}"),
    )


def _pace(run: RunSnapshot) -> tuple[str, str, str]:
    seconds = progress.seconds_per_epoch(run.history)
    pace = progress.images_per_second(run.history, run.config)
    value = wording.NOTHING if seconds is None else wording.short_time(seconds)
    return "Time per epoch", value, f"{pace:,.0f} images a second" if pace else ""


def _time(run: RunSnapshot) -> tuple[str, str, str]:
    spent = wording.duration(run.history.seconds) if run.history.steps else wording.NOTHING
    if not run.status.is_active:
        return "Training time", spent, ""
    left = progress.seconds_left(run.history, run.config)
    value = wording.NOTHING if left is None else wording.duration(left)
    return "Time left", value, f"{spent} so far" if run.history.steps else ""


def show_trouble(is_active: bool) -> None:
    """Show why runs can't be trained or saved just now, if those in run wait for that."""
    trouble = get_services().engine.trouble
    if trouble and is_active:
        st.warning(trouble)
