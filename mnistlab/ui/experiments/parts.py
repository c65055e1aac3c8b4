"""What of an experiment's run is replaced while it goes on."""

from markupsafe import Markup

from mnistlab.ui.experiments.table import describe
from mnistlab.ui.live import status
from mnistlab.ui.live.parts import Parts
from mnistlab.ui.live.snapshot import RunSnapshot


def experiment_words(run: RunSnapshot) -> Parts:
    """Return the parts of an active run: its progress in the
    bar and in words, and its status in the table."""
    return {
        "share": share_bar(run.share),
        "epochs": Markup.escape(status.epochs(run)),
        "state": Markup.escape(describe(run)),
    }


def share_bar(done: float) -> Markup:
    """Return a run's share of the bar of all runs as HTML: what is done, and what is left."""
    return Markup('<i style="flex-grow:{:.3f}"></i><em style="flex-grow:{:.3f}"></em>').format(
        done, 1 - done
    )
