"""What a training step costs on this machine: a few networks are timed."""

import dataclasses
import time
from collections.abc import Iterator, Sequence

import numpy as np
import torch

from mnistlab.core.config import PIXELS, RunConfig
from mnistlab.core.data import Digits, Splits, scale
from mnistlab.core.speed import Speed, count_work
from mnistlab.core.train import Trainer

_PROBE_SECONDS = 0.12
_FEWEST_STEPS = 3
_PLAIN = RunConfig(dropout=0.0, optimizer="sgd", schedule="constant", validation_images=0)
_PROBES = (
    dataclasses.replace(_PLAIN, hidden_layers=0, batch_size=16),
    dataclasses.replace(_PLAIN, hidden_layers=6, units=(32,), batch_size=16),
    dataclasses.replace(_PLAIN, units=(512,), batch_size=16),
    dataclasses.replace(_PLAIN, units=(512,), batch_size=128),
    dataclasses.replace(_PLAIN, units=(512,), batch_size=1024),
    dataclasses.replace(_PLAIN, units=(1024,), batch_size=64),
)
"""Networks whose times tell the four costs below apart."""


def measure_speed() -> Speed:
    """Time a few steps of several small networks and solve for the costs, in about a second."""
    return solve_for_costs(list(time_steps()))


def time_steps() -> Iterator[float]:
    """Yield the seconds that a step of each of several small networks takes, as it is timed."""
    return map(_time_step, _PROBES)


def solve_for_costs(seconds: Sequence[float]) -> Speed:
    """Return what a step costs here, from the seconds that `time_steps` has yielded."""
    work = np.stack([count_work(probe) for probe in _PROBES])
    # Rows are divided by their time: each probe then counts by its relative error.
    shares = work / np.array(seconds)[:, None]
    costs, *_ = np.linalg.lstsq(shares, np.ones(len(seconds)), rcond=None)
    return Speed(*np.maximum(costs, 0.0).tolist())


def _time_step(config: RunConfig) -> float:
    """Return the median seconds of a training step, on noise for images."""
    pixels = torch.randint(0, 256, (config.batch_size, PIXELS), dtype=torch.uint8)
    digits = Digits(pixels, torch.randint(0, 10, (config.batch_size,)))
    trainer = Trainer(config, Splits(digits, digits, digits), lambda event: None)
    trainer.train_step(scale(digits.pixels), digits.labels)
    laps: list[float] = []
    began = time.perf_counter()
    while time.perf_counter() - began < _PROBE_SECONDS or len(laps) < _FEWEST_STEPS:
        lap = time.perf_counter()
        trainer.train_step(scale(digits.pixels), digits.labels)
        laps.append(time.perf_counter() - lap)
    return float(np.median(laps))
