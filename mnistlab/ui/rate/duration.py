"""How long runs take."""

from collections.abc import Sequence

from mnistlab.core.settings.config import RunConfig
from mnistlab.ui import formatting
from mnistlab.ui.live.estimate import run_seconds


def estimate(configs: Sequence[RunConfig]) -> str:
    """Write about how long runs take together, after a comma; nothing while it is unknown."""
    seconds = run_seconds(configs)
    return "" if seconds is None else f", {formatting.duration(seconds)}"
