"""The table of an experiment's results, as HTML."""

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from mnistlab.core.experiments.experiment import Experiment
from mnistlab.core.run import RunStatus
from mnistlab.ui import formatting
from mnistlab.ui.live import status
from mnistlab.ui.live.snapshot import RunSnapshot
from mnistlab.ui.overlay.runs import PlottedGroup
from mnistlab.ui.overlay.table import cells, label_html, scrolling_table


def table(
    experiment: Experiment,
    plots: Sequence[PlottedGroup],
    entries: Mapping[str, RunSnapshot],
) -> Markup:
    """Return a row for each arm with a run, in the order of the arms."""
    measured = ("Validation accuracy, best epoch", "Training accuracy, last epoch")
    heads = [experiment.varied, *measured, "Status"]
    rows = [_row(plot, entries[plot.label.name]) for plot in plots]
    return scrolling_table("Results", heads, rows)


def _row(plot: PlottedGroup, entry: RunSnapshot) -> Markup:
    diverged = entry.status is RunStatus.DIVERGED
    trained = entry.history.epochs_done > 0
    training = entry.history.epochs[-1].train_accuracy if trained else None
    measured = (_accuracy(plot, diverged), formatting.percent(training), _state(entry))
    return Markup('<tr><th scope="row"><div>{}</div></th>{}</tr>').format(
        label_html(plot.label), cells(measured)
    )


def _accuracy(plot: PlottedGroup, diverged: bool) -> str:
    spread, interval = plot.group.accuracy, plot.group.interval
    if diverged or spread is None or interval is None:
        return formatting.NOTHING
    low, high = 100 * interval.low, 100 * interval.high
    return Markup(
        '<div class="lab-measured"><span class="track"><i style="width:{:.2f}%"></i>'
        '<u style="left:{:.2f}%;width:{:.2f}%"></u></span><b>{}</b><small>{}</small></div>'
    ).format(
        100 * spread.mean,
        low,
        high - low,
        formatting.percent(spread.mean),
        formatting.percent_interval(interval),
    )


def _state(entry: RunSnapshot) -> str:
    if entry.status is RunStatus.RUNNING:
        return status.epochs(entry).capitalize()
    if entry.wait is not None:
        return f"Queued, number {entry.wait.place}"
    return formatting.STATUS_WORDS[entry.status]
