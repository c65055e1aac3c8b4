"""The figures by which a run's trouble is diagnosed."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from mnistlab.core.analysis.diagnosis.convergence import CHANCE_LOSS, Convergence, State
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.events import EpochPoint, LayerState, Probe
from mnistlab.core.training.history import History


@dataclass(frozen=True)
class Evidence:
    """A run's figures so far.

    Attributes:
        config: The run's settings.
        history: Its curves and probes, of which there is at least one.
        convergence: The state of its loss.
    """

    config: RunConfig
    history: History
    convergence: Convergence

    @property
    def state(self) -> State:
        """The state of its loss."""
        return self.convergence.state

    @property
    def last(self) -> EpochPoint:
        """The latest epoch."""
        return self.history.epochs[-1]

    @property
    def first_probe(self) -> Probe:
        """The network right after its first step."""
        return self.history.probes[0]

    @property
    def hidden(self) -> tuple[LayerState, ...]:
        """The hidden layers at the latest probe."""
        return self.history.probes[-1].layers[:-1]

    @property
    def loss(self) -> float:
        """The latest validation loss, or else training loss."""
        loss = self.last.validation_loss
        return (self.last.train_loss or 0.0) if loss is None else loss

    @property
    def train_accuracy(self) -> float:
        """Over the latest epoch, with dropout and distortions on."""
        return self.last.train_accuracy or 0.0

    @property
    def has_hardly_begun(self) -> bool:
        """Whether the loss is more than half of that of guessing."""
        return self.loss > CHANCE_LOSS / 2

    @property
    def updates(self) -> list[float]:
        """All measured ratios of an update to its layer's weights."""
        layers = (layer for probe in self.history.probes for layer in probe.layers)
        return [layer.update for layer in layers if layer.update is not None]

    @property
    def worst_loss(self) -> float:
        """The greatest training loss within an epoch, in nats for each image."""
        return max((point.train_loss for point in self.history.steps), default=0.0)

    @property
    def middle_gradients(self) -> tuple[float, float]:
        """The gradient's norm in the first layer, and in the last, at the median probe.

        By their ratio, since the latest probe may be an exception.
        """
        looks = [probe.layers for probe in self.history.probes]
        looks.sort(key=lambda layers: layers[0].gradient / (layers[-1].gradient or math.inf))
        middle = looks[(len(looks) - 1) // 2]
        return middle[0].gradient, middle[-1].gradient

    def worst(self, read: Callable[[LayerState], float | None]) -> float:
        """Return the greatest share of a hidden layer at the latest probe."""
        return max((read(layer) or 0.0 for layer in self.hidden), default=0.0)
