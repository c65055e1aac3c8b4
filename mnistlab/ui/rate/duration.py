"""How long runs take."""

from collections.abc import Sequence

from mnistlab.core.settings.config import RunConfig
from mnistlab.ui import formatting
from mnistlab.ui.services import get_services


def estimate(configs: Sequence[RunConfig]) -> str:
    """Write about how long runs take together, after a comma; nothing while it is unknown."""
    speed = get_services().engine.speed
    if speed is None:
        return ""
    return f", {formatting.duration(sum(map(speed.run_seconds, configs)))}"
