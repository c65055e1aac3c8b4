"""How dense a run's curve is: a matter of its config alone, never of the clock.

A curve whose points depended on the time they took would differ from run to run.
"""

from mnistlab.core.config import RunConfig

_SECONDS_BETWEEN_POINTS = 0.15
_SECONDS_PER_STEP = 0.4e-3
_OPERATIONS_PER_SECOND = 60e9
"""Our own measurement on two cores of a server (AMD EPYC), rounded: a step costs 0.4 ms
and then six operations for each parameter and image, of which it does 60 billion a
second. Twice as slow a machine still shows three points a second."""


def steps_between_points(config: RunConfig) -> int:
    """Return how many steps one point of the training curve sums up."""
    operations = 6 * config.parameter_count * config.batch_size
    seconds = _SECONDS_PER_STEP + operations / _OPERATIONS_PER_SECOND
    steps = max(1, round(_SECONDS_BETWEEN_POINTS / seconds))
    return min(steps, config.steps_per_epoch)
