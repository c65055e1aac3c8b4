"""The table of an experiment's results, as HTML."""

from collections.abc import Mapping

from markupsafe import Markup

from mnistlab.core.analysis.comparison import Group
from mnistlab.core.experiments.experiment import Experiment
from mnistlab.core.run import RunStatus
from mnistlab.ui import formatting
from mnistlab.ui.live import status
from mnistlab.ui.live.parts import mark_text
from mnistlab.ui.live.snapshot import RunSnapshot
from mnistlab.ui.overlay.table import Label, cells, label_html, scrolling_table


def table(
    experiment: Experiment, labels: Mapping[str, Label], entries: Mapping[str, RunSnapshot]
) -> Markup:
    """Return a row for each arm, in their order; those without a run have no numbers."""
    measured = ("Validation accuracy, best epoch", "Training accuracy, last epoch")
    heads = [experiment.varied, *measured, "Status"]
    rows = [_row(label, entries.get(name)) for name, label in labels.items()]
    return scrolling_table("Results", heads, rows)


def _row(label: Label, entry: RunSnapshot | None) -> Markup:
    measured = (formatting.NOTHING, formatting.NOTHING, "Not started")
    if entry is not None:
        trained = entry.history.epochs_done > 0
        training = entry.history.epochs[-1].train_accuracy if trained else None
        measured = (
            _accuracy(entry),
            formatting.percent(training),
            mark_text(entry, "state", describe(entry)),
        )
    return Markup('<tr><th scope="row"><div>{}</div></th>{}</tr>').format(
        label_html(label), cells(measured)
    )


def _accuracy(entry: RunSnapshot) -> str:
    group = Group((entry.compared,), ())
    spread, interval = group.accuracy, group.interval
    if entry.status is RunStatus.DIVERGED or spread is None or interval is None:
        return formatting.NOTHING
    return Markup("<b>{}</b><small>{}</small>").format(
        formatting.percent(spread.mean), formatting.percent_interval(interval)
    )


def describe(entry: RunSnapshot) -> str:
    """Write a run's status; of one that is trained, how far it is."""
    if entry.status is RunStatus.RUNNING:
        return status.epochs(entry).capitalize()
    if entry.wait is not None:
        return f"Queued, number {entry.wait.place}"
    return formatting.STATUS_WORDS[entry.status]
