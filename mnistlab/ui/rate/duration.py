"""How long runs take."""

from collections.abc import Sequence

from mnistlab.core.settings.config import RunConfig
from mnistlab.ui import formatting
from mnistlab.ui.services import get_services


def estimate(configs: Sequence[RunConfig]) -> str:
    """Write about how long runs take together; in steps until the machine's speed is known."""
    speed = get_services().engine.speed
    if speed is None:
        return f"{sum(config.epochs * config.steps_per_epoch for config in configs):,} steps"
    return formatting.duration(sum(map(speed.run_seconds, configs)))
