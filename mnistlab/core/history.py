"""What a run reports while it trains, and the curves that make.

Two runs of the same config and seed on the same machine have equal histories:
times, which no two runs share, are left out of the comparison.
"""

import json
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True)
class StepPoint:
    """Training as it was over the steps since the last point.

    Attributes:
        step: Steps taken since the run began.
        epoch: The same in epochs, such as 2.25.
        train_loss: Mean cross-entropy, in nats for each image, measured on each batch
            before its step and with dropout on.
        train_accuracy: Share of those images read right, from 0 to 1.
        learning_rate: The rate of the last of these steps.
        seconds: Training time since the run began.
    """

    step: int
    epoch: float
    train_loss: float
    train_accuracy: float
    learning_rate: float
    seconds: float = field(compare=False)


@dataclass(frozen=True)
class EpochPoint:
    """A run at the end of an epoch; epoch 0 is the untrained network.

    Attributes:
        epoch: Epochs done.
        step: Steps taken since the run began.
        train_loss: Mean over the epoch's steps, as in StepPoint; None at epoch 0.
        train_accuracy: Likewise.
        validation_loss: Mean cross-entropy of the validation images, dropout off;
            None without validation images.
        validation_accuracy: Share of the validation images read right; None likewise.
        seconds: Training time of this epoch alone, validation left out.
    """

    epoch: int
    step: int
    train_loss: float | None
    train_accuracy: float | None
    validation_loss: float | None
    validation_accuracy: float | None
    seconds: float = field(compare=False)


Event = StepPoint | EpochPoint


@dataclass
class History:
    """The curves of a run so far, in the order in which they were made."""

    steps: list[StepPoint] = field(default_factory=list)
    epochs: list[EpochPoint] = field(default_factory=list)

    def add(self, event: Event) -> None:
        """Append a point."""
        if isinstance(event, StepPoint):
            self.steps.append(event)
        else:
            self.epochs.append(event)

    def copy(self) -> "History":
        """Return the curves as they are now; later points do not change them."""
        return History(list(self.steps), list(self.epochs))

    def up_to(self, step: int) -> "History":
        """Return the curves as they were after `step` steps."""
        return History(
            [point for point in self.steps if point.step <= step],
            [point for point in self.epochs if point.step <= step],
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
    def seconds(self) -> float:
        """Training time so far."""
        return self.steps[-1].seconds if self.steps else 0.0

    def to_json(self) -> str:
        """Return the curves as JSON."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "History":
        """Read what `to_json` wrote."""
        fields = json.loads(text)
        return cls(
            [StepPoint(**point) for point in fields["steps"]],
            [EpochPoint(**point) for point in fields["epochs"]],
        )
