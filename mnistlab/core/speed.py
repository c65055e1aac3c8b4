"""How long a run will take on this machine. Imports no torch: pages use it."""

import dataclasses
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mnistlab.core.config import RunConfig
from mnistlab.core.distortions import DISTORTIONS
from mnistlab.core.registry import OPTIMIZERS


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
        training = config.epochs * config.steps_per_epoch * float(count_work(config) @ costs)
        # A validation does one of a step's three products.
        images = config.epochs * config.validation_images
        return training + images * config.parameter_count * self.product / 3


def count_work(config: RunConfig) -> NDArray[np.float64]:
    """Return how often a step of `config` pays each cost of `Speed`."""
    parameters = config.parameter_count
    passes = OPTIMIZERS[config.optimizer].memory_passes
    batch = min(config.batch_size, config.training_images)
    products = (parameters + DISTORTIONS[config.distortions].parameters) * batch
    return np.array([1.0, config.hidden_layers + 1, parameters * passes, products])
