"""What a training step costs on this machine: a few networks are timed."""

import dataclasses
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
import torch

from mnistlab.core.data.batches import batches
from mnistlab.core.data.mnist import Digits
from mnistlab.core.network.model import MLP
from mnistlab.core.settings.config import DIGITS, PIXELS, RunConfig
from mnistlab.core.training.cost.speed import Speed, count_work
from mnistlab.core.training.fast_step import make_fast_step
from mnistlab.core.training.optimizers import make_optimizer
from mnistlab.core.training.pending_metrics import PendingMetrics
from mnistlab.core.training.step import Step

_PROBE_SECONDS = 0.04
"""All probes take 1.0 s of one thread. With whole epochs, the first not timed, they took 2.1 s,
and 16 s of two threads beside two busy processes, where these take 5 s (our own measurement)."""
_ROUNDS = 2
"""What slows a machine down for a moment should not hit one network alone."""
_PLAIN = RunConfig(
    dropout=0.0, optimizer="sgd", schedule="constant", training_images=1_024, validation_images=0
)
PROBES = (
    dataclasses.replace(_PLAIN, hidden_layers=0, batch_size=16),
    dataclasses.replace(_PLAIN, hidden_layers=0, batch_size=512),
    dataclasses.replace(_PLAIN, hidden_layers=6, units=(32,), batch_size=16),
    dataclasses.replace(_PLAIN, hidden_layers=3, units=(64,), batch_size=64),
    dataclasses.replace(_PLAIN, hidden_layers=4, units=(64,), batch_size=64, optimizer="adam"),
    dataclasses.replace(_PLAIN, hidden_layers=2, units=(128,), batch_size=128, dropout=0.3),
    dataclasses.replace(_PLAIN, units=(512,), batch_size=16),
    dataclasses.replace(_PLAIN, units=(512,), batch_size=128),
    dataclasses.replace(_PLAIN, units=(512,), batch_size=1024),
    dataclasses.replace(_PLAIN, units=(1024,), batch_size=64),
)
"""Networks whose times tell the costs of `Speed` apart."""


def time_steps() -> Iterator[float]:
    """Yield the seconds that a step of each probe takes, as it is timed, round after round."""
    return map(_time_step, PROBES * _ROUNDS)


def solve_for_costs(seconds: Sequence[float]) -> Speed:
    """Return what a step costs here, from the seconds that `time_steps` has yielded."""
    from scipy.optimize import nnls  # a quarter of a second, which a worker's start can't spare

    # What else a machine does only adds time.
    shortest = np.reshape(seconds, (-1, len(PROBES))).min(axis=0)  # (probes,)
    work = np.stack([count_work(probe) for probe in PROBES])  # (probes, costs)
    # Rows are divided by their time: each probe then counts by its relative error.
    costs, _ = nnls(work / shortest[:, None], np.ones(len(work)))
    return Speed(*costs.tolist())


def _time_step(config: RunConfig) -> float:
    """Return the seconds of a training step, on noise for images: the median lap's mean.

    A lap is an epoch at most, and no longer than is needed: threads that wait for each other
    beside other processes take many times as long for a step.
    """
    pixels = torch.randint(0, 256, (config.training_images, PIXELS), dtype=torch.uint8)
    digits = Digits(pixels, torch.randint(0, DIGITS, (config.training_images,)))
    model = MLP(config)
    step = make_fast_step(config, model, make_optimizer(config, model))
    _time_lap(config, step, digits, epoch=0, seconds=0.0)  # waits for memory
    laps: list[_Lap] = []
    while sum(lap.seconds for lap in laps) < _PROBE_SECONDS:
        laps.append(_time_lap(config, step, digits, len(laps) + 1, _PROBE_SECONDS))
    return median(lap.seconds / lap.steps for lap in laps)


@dataclass(frozen=True)
class _Lap:
    """Steps that were timed together."""

    seconds: float
    steps: int


def _time_lap(config: RunConfig, step: Step, digits: Digits, epoch: int, seconds: float) -> _Lap:
    """Time an epoch, or as many of its steps as begin within so many seconds, at least one."""
    began = time.perf_counter()
    pending, steps = PendingMetrics(), 0
    for images, labels in batches(config, digits, epoch, done=0):
        pending.add(step(images, labels), labels)
        steps += 1
        if time.perf_counter() - began >= seconds:
            break
    pending.take()
    return _Lap(time.perf_counter() - began, steps)
