"""How a run stands at one moment, in words and numbers."""

from dataclasses import dataclass

import streamlit as st
from markupsafe import Markup

from mnistlab.core.analysis.range_test.suggestion import is_range_test, round_rate
from mnistlab.core.run import RunStatus
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.kinds import write_number
from mnistlab.core.training.history import History
from mnistlab.engine.live import Wait
from mnistlab.store import RunRecord
from mnistlab.ui import formatting as wording
from mnistlab.ui import progress
from mnistlab.ui.services import get_services


@dataclass(frozen=True)
class RunView:
    """A run as it is now, from the engine while it goes on, else from the store."""

    name: str
    status: RunStatus
    is_stopping: bool
    message: str
    config: RunConfig
    history: History
    wait: Wait | None


def look(record: RunRecord) -> RunView:
    """Return how the run of `record` stands now."""
    services = get_services()
    live = services.engine.look(record.id)
    if live is not None:
        numbers = (live.status, live.is_stopping, "", live.config, live.history, live.wait)
        return RunView(record.name, *numbers)
    latest = services.store.run(record.id)
    history = services.store.history(record.id)
    return RunView(latest.name, latest.status, False, latest.message, latest.config, history, None)


def status_line(view: RunView) -> Markup:
    """Return one line of HTML: the state, how far, and how long it will still take."""
    kind = view.status.value
    words = "Stopping" if view.is_stopping else wording.state(view.status, view.config)
    done = 100 * view.history.epochs_trained / view.config.epochs
    return Markup(
        '<div class="lab-status" role="status" data-status="{}">'
        '<i class="lab-dot {}"></i><b>{}</b><span>{}</span></div>'
        '<div class="lab-bar" aria-hidden="true"><i style="width:{:.1f}%"></i></div>'
    ).format(kind, _dot(view), words, _how_far(view), done)


def _dot(view: RunView) -> RunStatus:
    """Return whose dot a run has: that of a failure is red, which a range test's end is not."""
    has_failed = view.status is RunStatus.FAILED
    return RunStatus.FINISHED if has_failed and is_range_test(view.config) else view.status


def _how_far(view: RunView) -> str:
    if view.wait is not None:
        return wording.place_in_line(view.wait.place, view.wait.seconds)
    if view.status is RunStatus.FAILED:
        return view.message
    if view.status is RunStatus.INTERRUPTED:
        return f"{view.message} This is its curve so far."
    if is_range_test(view.config) and view.history.steps:
        return f"learning rate {write_number(round_rate(view.history.steps[-1].learning_rate))}"
    done = f"{view.history.epochs_trained:.1f}".removesuffix(".0")
    return f"epoch {done} of {view.config.epochs}"


def stats(view: RunView) -> Markup:
    """Return the run's numbers as an HTML list of four."""
    tiles = (*_measures(view.history), _pace(view), _time(view))
    item = Markup("<div><dt>{}</dt><dd>{}</dd><small>{}</small></div>")
    items = Markup().join(item.format(*tile) for tile in tiles)
    return Markup('<dl class="lab-stats">{}</dl>').format(items)


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


def _pace(view: RunView) -> tuple[str, str, str]:
    seconds = progress.seconds_per_epoch(view.history)
    pace = progress.images_per_second(view.history, view.config)
    value = wording.NOTHING if seconds is None else wording.short_time(seconds)
    return "Time per epoch", value, f"{wording.number(pace)} images a second" if pace else ""


def _time(view: RunView) -> tuple[str, str, str]:
    spent = wording.duration(view.history.seconds) if view.history.steps else wording.NOTHING
    if not view.status.is_active:
        return "Training time", spent, ""
    left = progress.seconds_left(view.history, view.config)
    value = wording.NOTHING if left is None else wording.duration(left)
    return "Time left", value, f"{spent} so far" if view.history.steps else ""


def show_trouble(is_active: bool) -> None:
    """Show why runs can't be trained or saved just now, if those in view wait for that."""
    trouble = get_services().engine.trouble
    if trouble and is_active:
        st.warning(trouble)
