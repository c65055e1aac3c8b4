"""The points that a run reports while it trains. Times are not compared."""

from dataclasses import dataclass, field

from mnistlab.core.settings.rate_change import RateChange


@dataclass(frozen=True)
class _AtStep:
    """A moment of a run.

    Attributes:
        step: Steps taken since the run began.
        epoch: The same in epochs, such as 2.25.
    """

    step: int
    epoch: float


@dataclass(frozen=True)
class StepPoint(_AtStep):
    """Training figures over the steps since the last point.

    Attributes:
        train_loss: Mean cross-entropy, in nats for each image, measured on each batch
            before its step and with dropout on.
        train_accuracy: Share of those images classified correctly, from 0 to 1.
        learning_rate: The rate of the last of these steps.
        seconds: Training time since the run began.
    """

    train_loss: float
    train_accuracy: float
    learning_rate: float
    seconds: float = field(compare=False)


@dataclass(frozen=True)
class ValidationErrors:
    """Standard errors of an epoch's validation figures.

    Attributes:
        loss: Of the mean loss, in nats.
        accuracy: Of the accuracy.
        loss_changes: Of the loss's difference to each earlier epoch, the one just before
            first, from the differences of single images. Epochs without such figures are
            missing at the end.
        accuracy_changes: Likewise of the accuracy's.
    """

    loss: float
    accuracy: float
    loss_changes: tuple[float, ...] = ()
    accuracy_changes: tuple[float, ...] = ()


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
        validation_accuracy: Share of the validation images classified correctly; None
            likewise.
        seconds: Training time of this epoch alone, without validation.
        errors: Standard errors of the validation figures; None without at least two
            validation images, and for runs without such figures.
        train_loss_error: Standard error of train_loss from its batches, to which learning
            within the epoch adds. None for a single batch, and likewise.
    """

    epoch: int
    step: int
    train_loss: float | None
    train_accuracy: float | None
    validation_loss: float | None
    validation_accuracy: float | None
    seconds: float = field(compare=False)
    errors: ValidationErrors | None = None
    train_loss_error: float | None = None


@dataclass(frozen=True)
class LayerState:
    """Measurements of one layer.

    Attributes:
        gradient: Euclidean norm of the gradient of its weights, from one batch.
        update: Norm of one step's change of the weights, over the weights' own norm; None
            if these were all zero.
        distance: Norm of all changes since before the first step, over the norm that the
            weights had then; None if that was zero.
        flat: Share of its units' activations, over all probe images, at which the
            activation's slope is below a twentieth of its steepest. None for the last
            layer, which has no activation.
        dead: Share of its units that are flat on every probe image; None likewise.
        copies: Share of its units with the same incoming and outgoing weights as another
            one; None likewise.
    """

    gradient: float
    update: float | None
    distance: float | None
    flat: float | None = None
    dead: float | None = None
    copies: float | None = None


@dataclass(frozen=True)
class Probe(_AtStep):
    """Measurements inside the network, right after a step.

    Attributes:
        layers: From the first hidden layer to the output layer.
        linear_gap: Without activations, the greatest difference, in logits, between the
            network and the product of its layers; else None.
    """

    layers: tuple[LayerState, ...]
    linear_gap: float | None = None


@dataclass(frozen=True)
class Divergence(_AtStep):
    """The end of a run whose loss became infinite or not a number.

    Attributes:
        split: On which images that was measured, "training" or "validation"; None if it was
            not recorded.
        kept_epoch: The epoch, as a fraction, of the kept weights, the best before the
            divergence. None if there are none, and likewise.
    """

    split: str | None = None
    kept_epoch: float | None = None


Event = StepPoint | EpochPoint | Probe | Divergence | RateChange
