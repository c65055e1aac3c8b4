"""How long a run will take on this machine, from a few timed steps."""

import dataclasses
import time
from dataclasses import dataclass

import numpy as np
import torch

from mnistlab.core.config import PIXELS, RunConfig
from mnistlab.core.data import Digits, Splits
from mnistlab.core.registry import OPTIMIZERS

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


@dataclass(frozen=True)
class Speed:
    """What a training step costs on this machine, in seconds.

    Attributes:
        step: For the step itself.
        layer: For each layer.
        parameter: For each parameter, whatever the batch: its gradient and its update.
        product: For each parameter and image: the three products of a step.
    """

    step: float
    layer: float
    parameter: float
    product: float

    def run_seconds(self, config: RunConfig) -> float:
        """Return about how long the run of `config` takes, validation included."""
        costs = np.array(dataclasses.astuple(self))
        training = config.epochs * config.steps_per_epoch * float(_work(config) @ costs)
        # A validation does one of a step's three products.
        images = config.epochs * config.validation_images
        return training + images * config.parameter_count * self.product / 3


def _work(config: RunConfig) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """Return how often a step of `config` pays each cost of `Speed`."""
    parameters = config.parameter_count
    passes = OPTIMIZERS[config.optimizer].memory_passes
    batch = min(config.batch_size, config.training_images)
    return np.array([1.0, config.hidden_layers + 1, parameters * passes, parameters * batch])


def measure_speed() -> Speed:
    """Time a few steps of several small networks and solve for the costs, in about a second."""
    seconds = np.array([_time_step(probe) for probe in _PROBES])
    work = np.stack([_work(probe) for probe in _PROBES])
    # Rows are divided by their time: each probe then counts by its relative error.
    costs, *_ = np.linalg.lstsq(work / seconds[:, None], np.ones(len(seconds)), rcond=None)
    return Speed(*np.maximum(costs, 0.0).tolist())


def _time_step(config: RunConfig) -> float:
    """Return the median seconds of a training step, on noise for images."""
    from mnistlab.core.train import Trainer

    pixels = torch.randint(0, 256, (config.batch_size, PIXELS), dtype=torch.uint8)
    digits = Digits(pixels, torch.randint(0, 10, (config.batch_size,)))
    trainer = Trainer(config, Splits(digits, digits, digits), lambda event: None)
    batch = torch.arange(config.batch_size)
    trainer.train_step(batch)
    laps: list[float] = []
    began = time.perf_counter()
    while time.perf_counter() - began < _PROBE_SECONDS or len(laps) < _FEWEST_STEPS:
        lap = time.perf_counter()
        trainer.train_step(batch)
        laps.append(time.perf_counter() - lap)
    return float(np.median(laps))
