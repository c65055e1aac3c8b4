"""The curves that a run's events make.

Two runs of the same config and seed on the same machine have equal histories:
times, which no two runs share, are left out of the comparison.
"""

import dataclasses
import json
import math
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.rate_change import RateChange
from mnistlab.core.training.events import (
    Divergence,
    EpochPoint,
    Event,
    LayerState,
    Probe,
    StepPoint,
    ValidationErrors,
)


class Measure(StrEnum):
    """A curve's values: mean cross-entropy in nats, or accuracy."""

    ACCURACY = "accuracy"
    LOSS = "loss"


@dataclass
class History:
    """The curves of a run so far, in order.

    Attributes:
        steps: Training figures within epochs.
        epochs: Training and validation figures at the ends of epochs.
        probes: Measurements inside the network.
        divergence: Where the loss became infinite or not a number, if it did.
        rate_changes: The changes of the learning rate that have taken effect.
    """

    steps: list[StepPoint] = field(default_factory=list)
    epochs: list[EpochPoint] = field(default_factory=list)
    probes: list[Probe] = field(default_factory=list)
    divergence: Divergence | None = None
    rate_changes: list[RateChange] = field(default_factory=list)

    def add(self, event: Event) -> None:
        """Append a point."""
        match event:
            case StepPoint():
                self.steps.append(event)
            case EpochPoint():
                self.epochs.append(event)
            case Probe():
                self.probes.append(event)
            case Divergence():
                self.divergence = event
            case RateChange():
                self.rate_changes.append(event)

    def extend(self, later: "History") -> None:
        """Append later points."""
        self.steps += later.steps
        self.epochs += later.epochs
        self.probes += later.probes
        self.divergence = later.divergence
        self.rate_changes += later.rate_changes

    def copy(self) -> "History":
        """Return the curves as they are now; later points do not change them."""
        return dataclasses.replace(
            self,
            steps=list(self.steps),
            epochs=list(self.epochs),
            probes=list(self.probes),
            rate_changes=list(self.rate_changes),
        )

    def up_to(self, step: int) -> "History":
        """Return the curves as they were after `step` steps."""
        return History(
            [point for point in self.steps if point.step <= step],
            [point for point in self.epochs if point.step <= step],
            [probe for probe in self.probes if probe.step <= step],
            rate_changes=[change for change in self.rate_changes if change.step < step],
        )

    @property
    def epochs_done(self) -> int:
        """Whole epochs trained."""
        return self.epochs[-1].epoch if self.epochs else 0

    @property
    def epochs_trained(self) -> float:
        """Epochs trained, parts of one included."""
        return self.steps[-1].epoch if self.steps else 0.0

    @property
    def best_epoch(self) -> EpochPoint | None:
        """The trained epoch with the lowest validation loss, the first of equals.

        None before the first epoch ends, and without validation images.
        """
        judged = [p for p in self.epochs if p.epoch > 0 and p.validation_loss is not None]
        return min(judged, key=lambda point: point.validation_loss or 0.0, default=None)

    @property
    def kept_epoch(self) -> EpochPoint:
        """The best epoch; without validation images that of the lowest training loss."""

        def training_loss(point: EpochPoint) -> float:
            return math.inf if point.train_loss is None else point.train_loss

        return self.best_epoch or min(self.epochs, key=training_loss)

    def epoch_at(self, step: int) -> float:
        """Return a step's place in epochs; 0 before the first point."""
        return step * self.steps[-1].epoch / self.steps[-1].step if self.steps else 0.0

    def base_rate(self, config: RunConfig) -> float:
        """Return the learning rate that the schedule of such a run scales now."""
        return self.rate_changes[-1].learning_rate if self.rate_changes else config.learning_rate

    @property
    def seconds(self) -> float:
        """Training time so far."""
        return self.steps[-1].seconds if self.steps else 0.0

    def to_json(self) -> str:
        """Return the curves as JSON."""
        # `asdict` copies all points first, which takes four times as long as writing them.
        return json.dumps(vars(self), default=vars)

    @classmethod
    def from_json(cls, text: str) -> "History":
        """Read what `to_json` wrote."""
        fields = json.loads(text)
        return cls(
            [StepPoint(**point) for point in fields["steps"]],
            [_read_epoch(**point) for point in fields["epochs"]],
            # Runs from before these were kept have none.
            [_read_probe(**probe) for probe in fields.get("probes", ())],
            _read_divergence(**(fields.get("divergence") or {})),
            [RateChange(**change) for change in fields.get("rate_changes", ())],
        )


def _read_epoch(errors: dict[str, Any] | None = None, **fields: Any) -> EpochPoint:
    return EpochPoint(**fields, errors=None if errors is None else _read_errors(**errors))


def _read_errors(
    loss_changes: list[float], accuracy_changes: list[float], **fields: float
) -> ValidationErrors:
    return ValidationErrors(
        loss_changes=tuple(loss_changes), accuracy_changes=tuple(accuracy_changes), **fields
    )


def _read_probe(layers: list[dict[str, Any]], **fields: Any) -> Probe:
    return Probe(layers=tuple(LayerState(**layer) for layer in layers), **fields)


def _read_divergence(**fields: Any) -> Divergence | None:
    return Divergence(**fields) if fields else None
