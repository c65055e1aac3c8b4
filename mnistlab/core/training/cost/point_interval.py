"""How dense a run's curve is, by its config alone.

A curve whose points depended on measured times would differ from run to run.
"""

import math

from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.distortions import DISTORTIONS
from mnistlab.core.training.cost.speed import count_orthogonalization

_SECONDS_BETWEEN_POINTS = 0.3
_SECONDS_PER_STEP = 0.4e-3
_OPERATIONS_PER_SECOND = 60e9
"""Our own measurement on two cores of a server (AMD EPYC), rounded: a step costs 0.4 ms
and then six operations for each parameter and image, of which it does 60 billion a
second: three points a second. Where products use AVX-512 there are four times as many."""

_FEWEST_POINTS = 100
"""In a run of that many steps or more."""


def points_per_epoch(config: RunConfig) -> int:
    """Return how many points the training curve has in an epoch, each for as many steps."""
    steps = round(_SECONDS_BETWEEN_POINTS / seconds_per_step(config))
    in_all = config.epochs * config.steps_per_epoch
    if in_all >= _FEWEST_POINTS:
        steps = min(steps, in_all // _FEWEST_POINTS)
    return math.ceil(config.steps_per_epoch / max(1, steps))


def is_point_due(step: int, points: int, config: RunConfig) -> bool:
    """Return whether one of the `points` equal parts of an epoch ends after so many steps."""
    steps = config.steps_per_epoch
    return step == 1 or step * points // steps > (step - 1) * points // steps


def seconds_per_step(config: RunConfig) -> float:
    """Return a rough estimate of a step's seconds that is the same on every machine."""
    parameters = config.parameter_count + DISTORTIONS[config.distortions].parameters
    operations = 6 * parameters * config.batch_size + 2 * count_orthogonalization(config)
    return _SECONDS_PER_STEP + operations / _OPERATIONS_PER_SECOND


def seconds_per_run(config: RunConfig) -> float:
    """Return a rough estimate of a run's seconds that is the same on every machine."""
    return config.epochs * config.steps_per_epoch * seconds_per_step(config)


PROBE_IMAGES = 256
"""Images on which a probe measures the units."""

_MOST_PROBES_PER_EPOCH = 4
_MOST_PROBES = 200
_PROBE_SHARE = 0.02
"""Of the training time; `python -m benchmarks evidence` measures the actual share."""

_SECONDS_PER_PROBE = 2e-3
_PARAMETER_PASSES = 300
"""Operations of a probe for each parameter, beside its forward pass: up to 10 ms for the
669,706 of 2×512 units (our own measurement)."""


def probe_interval(config: RunConfig) -> int:
    """Return the number of steps between two probes.

    Either an epoch has several probes, and the count restarts with each epoch; or there is one
    probe in several epochs, and this is a multiple of an epoch's steps.
    """
    cheap = _seconds_per_probe(config) / (_PROBE_SHARE * seconds_per_step(config))
    fewest = max(cheap, config.epochs * config.steps_per_epoch / _MOST_PROBES)
    looks = min(_MOST_PROBES_PER_EPOCH, int(config.steps_per_epoch / fewest))
    if looks:
        return math.ceil(config.steps_per_epoch / looks)
    return math.ceil(fewest / config.steps_per_epoch) * config.steps_per_epoch


def _seconds_per_probe(config: RunConfig) -> float:
    operations = (2 * PROBE_IMAGES + _PARAMETER_PASSES) * config.parameter_count
    return _SECONDS_PER_PROBE + operations / _OPERATIONS_PER_SECOND
