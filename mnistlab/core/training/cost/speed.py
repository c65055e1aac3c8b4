"""Estimates a run's time on this machine. Imports no torch, since pages use it."""

import dataclasses
import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.distortions import DISTORTIONS
from mnistlab.core.settings.registry import OPTIMIZERS

_PASSES_OF_AN_OPERATION = 0.5
"""The cost of an optimizer's operation for each parameter, relative to the gradient with plain
SGD's update, which are one operation with a product. Our own measurement: Adam, RMSprop and
momentum on 2×512 units, two cores."""

_MULTIPLICATIONS_OF_A_PRODUCT = 2.4
"""So many of an orthogonalization take as long as a step's three for a parameter and image, which
are of larger matrices. Our own measurement, Muon on 1×32 to 2×1024 units, one core and two."""


@dataclass(frozen=True)
class Speed:
    """The costs of a training step on this machine, in seconds.

    Attributes:
        step: For the step itself.
        layer: For each layer.
        operation: For each layer and operation of its optimizer.
        image: For each image: its selection, and the comparison of its prediction.
        mask: For each hidden unit and image, with dropout.
        parameter: For each parameter: its gradient and its update.
        product: For each parameter and image: the three products of a step.
    """

    step: float = 0.0
    layer: float = 0.0
    operation: float = 0.0
    image: float = 0.0
    mask: float = 0.0
    parameter: float = 0.0
    product: float = 0.0

    def run_seconds(self, config: RunConfig) -> float:
        """Return about how long the run of `config` takes, validation included."""
        costs = np.array(dataclasses.astuple(self))
        training = config.epochs * config.steps_per_epoch * float(count_work(config) @ costs)
        # A validation goes once through the network, where a step goes there, back, and updates.
        images = config.epochs * config.validation_images
        return training + images * (self.image + config.parameter_count * self.product) / 3


def count_work(config: RunConfig) -> NDArray[np.float64]:
    """Return how often a step of `config` pays each cost of `Speed`."""
    layers, parameters = config.hidden_layers + 1, config.parameter_count
    operations = OPTIMIZERS[config.optimizer].operations + (config.momentum > 0)
    batch = min(config.batch_size, config.training_images)
    masks = sum(config.widths) * batch if config.dropout else 0
    passes = parameters * (1 + _PASSES_OF_AN_OPERATION * operations)
    images = (parameters + DISTORTIONS[config.distortions].parameters) * batch
    products = images + count_orthogonalization(config) / _MULTIPLICATIONS_OF_A_PRODUCT
    return np.array([1.0, layers, layers * operations, batch, masks, passes, products])


def count_orthogonalization(config: RunConfig) -> int:
    """Return the multiplications by which a step of the hidden layers' weights is orthogonalized.

    For each matrix X of m rows and n ≥ m columns an iteration takes XXᵀ, the square of that, and
    the product of what becomes of both with X.
    """
    steps = OPTIMIZERS[config.optimizer].newton_schulz_steps
    shapes = (sorted(sizes) for sizes in itertools.pairwise(config.layer_sizes[:-1]))
    return steps * sum(2 * m * m * n + m**3 for m, n in shapes)
