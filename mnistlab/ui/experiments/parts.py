"""What of an experiment's run is replaced while it goes on."""

from markupsafe import Markup

from mnistlab.ui.experiments.table import describe
from mnistlab.ui.live import status
from mnistlab.ui.live.parts import Parts
from mnistlab.ui.live.snapshot import RunSnapshot


def experiment_parts(run: RunSnapshot) -> Parts:
    """Return the parts of an active run: its progress, and its status in the table."""
    return {
        "epochs": Markup.escape(status.epochs(run)),
        "state": Markup.escape(describe(run)),
    }
