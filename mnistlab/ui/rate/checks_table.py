"""The table of a suggestion's checks, as HTML."""

from collections.abc import Sequence

from markupsafe import Markup

from mnistlab.core.analysis.metrics import NORMAL_95, wilson_interval
from mnistlab.core.run import RunStatus
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.typed_numbers import write_number
from mnistlab.core.training.events import EpochPoint
from mnistlab.core.training.history import History
from mnistlab.ui import formatting
from mnistlab.ui.live.parts import mark_text
from mnistlab.ui.live.snapshot import RunSnapshot

_Cell = tuple[str, str]
"""A value, and what is noted below it."""

_RATE: _Cell = ("Learning rate", "")
_VALIDATED: tuple[_Cell, ...] = (
    _RATE,
    ("Validation loss", "± 95% CI"),
    ("Validation accuracy", "95% CI"),
)
_TRAINED: tuple[_Cell, ...] = (_RATE, ("Training loss", "without validation images"))
_NOTHING: _Cell = (formatting.NOTHING, "")


def checks_table(
    configs: Sequence[RunConfig], runs: Sequence[RunSnapshot | None], best: float | None
) -> Markup:
    """Return a row for each check.

    Args:
        configs: Of the checks, by increasing learning rate.
        runs: Their runs; None where there is none.
        best: The best learning rate, once all have ended.
    """
    heads = _VALIDATED if configs[0].validation_images else _TRAINED
    head = Markup().join(Markup('<th scope="col">{}</th>').format(_write(each)) for each in heads)
    rows = Markup().join(_row(config, run, best) for config, run in zip(configs, runs, strict=True))
    return Markup(
        '<table class="lab-table lab-checks" aria-label="Checks"><thead><tr>{}</tr></thead>'
        "<tbody>{}</tbody></table>"
    ).format(head, rows)


def _row(config: RunConfig, run: RunSnapshot | None, best: float | None) -> Markup:
    is_best = config.learning_rate == best
    rate = write_number(config.learning_rate), "best" if is_best else _show_status(run)
    cells = Markup().join(
        Markup("<td>{}</td>").format(_write(cell)) for cell in _cells(config, run)
    )
    return Markup('<tr{}><th scope="row">{}</th>{}</tr>').format(
        Markup(' class="best"') if is_best else "", _write(rate), cells
    )


def _write(cell: _Cell) -> Markup:
    value, note = cell
    return Markup("{} <small>{}</small>").format(value, note)


def _show_status(run: RunSnapshot | None) -> str:
    return "Not started" if run is None else mark_text(run, "check", describe(run))


def describe(run: RunSnapshot) -> str:
    """Write a check's status; nothing if it has finished."""
    if run.wait is not None:
        return f"Queued, no. {run.wait.place}"
    if run.status is RunStatus.RUNNING:
        return f"Epoch {run.history.epochs_trained:.1f} of {run.config.epochs}"
    return "" if run.status is RunStatus.FINISHED else formatting.STATUS_WORDS[run.status]


def _cells(config: RunConfig, run: RunSnapshot | None) -> tuple[_Cell, ...]:
    if run is None or run.status in (RunStatus.DIVERGED, RunStatus.FAILED):
        history = History()
    else:
        history = run.history
    if not config.validation_images:
        return ((formatting.loss(history.epochs[-1].train_loss if history.epochs else None), ""),)
    best = history.best_epoch
    if best is None or best.validation_accuracy is None:
        return _NOTHING, _NOTHING
    images = config.validation_images
    interval = wilson_interval(round(best.validation_accuracy * images), images)
    accuracy = formatting.percent(best.validation_accuracy), formatting.percent_interval(interval)
    return (_validation_loss(best), ""), accuracy


def _validation_loss(point: EpochPoint) -> str:
    if point.errors is None or point.validation_loss is None:
        return formatting.loss(point.validation_loss)
    return formatting.loss_with_margin(point.validation_loss, NORMAL_95 * point.errors.loss)
