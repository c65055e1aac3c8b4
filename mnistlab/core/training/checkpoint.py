"""A run's complete state, from which training continues exactly, and its result."""

import dataclasses
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mnistlab.core.network.model import pack, unpack
from mnistlab.core.training.history import History
from mnistlab.core.training.margins import Margins
from mnistlab.core.training.pending_metrics import Batch
from mnistlab.core.training.per_image import ImageScores, PerImage

Weights = dict[str, Tensor]

_PROGRESS = "progress"
_RANDOM_STATE = "random_state"
_LOSSES = "validation_losses"
_HITS = "validation_hits"
_MARGIN_SUMS = "margin_sums"
_MARGIN_MEANS = "margin_means"


@dataclass
class RunningMean:
    """Mean loss and accuracy of the images so far, from running sums.

    Attributes:
        loss: Sum of the images' cross-entropies, in nats.
        correct: Images classified correctly.
        images: Images counted.
        batches: Their batches.
        squares: Sum of the batches' squared mean losses, weighted by their images.
    """

    loss: float = 0.0
    correct: int = 0
    images: int = 0
    batches: int = 0
    squares: float = 0.0

    def add(self, batch: Batch) -> None:
        """Count a batch."""
        self.loss += batch.loss
        self.correct += batch.correct
        self.images += batch.images
        self.batches += 1
        self.squares += batch.loss**2 / batch.images

    @property
    def mean_loss(self) -> float:
        """Mean cross-entropy of the images counted."""
        return self.loss / self.images

    @property
    def accuracy(self) -> float:
        """Share of the images counted that were classified correctly."""
        return self.correct / self.images

    @property
    def loss_error(self) -> float | None:
        """Standard error of the mean loss, from how far batches are apart; None for one batch."""
        if self.batches < 2:
            return None
        # Rounding may make the variance of equal losses slightly negative.
        variance = max(self.squares / self.images - self.mean_loss**2, 0.0)
        return math.sqrt(variance / (self.batches - 1))


@dataclass
class Progress:
    """Steps, times and running sums of a run.

    Attributes:
        step: Steps taken since the run began.
        first_step: Step at which the learning-rate schedule began.
        last_step: Step at which it ends, and with it the run.
        seconds: Time since the run began, pauses left out.
        epoch_seconds: Training time spent in the current epoch.
        recent: Batches since the last point of the curve.
        epoch: Batches since the epoch began.
    """

    step: int
    first_step: int
    last_step: int
    seconds: float = 0.0
    epoch_seconds: float = 0.0
    recent: RunningMean = field(default_factory=RunningMean)
    epoch: RunningMean = field(default_factory=RunningMean)

    @property
    def share(self) -> float:
        """How much of the schedule is over in the latest step: 0 in its first, 1 in its last."""
        return (self.step - 1 - self.first_step) / max(self.last_step - self.first_step - 1, 1)

    def to_json(self) -> str:
        """Return all fields as JSON."""
        return json.dumps(dataclasses.asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Progress":
        """Read what `to_json` wrote."""
        fields = json.loads(text)
        means = {name: RunningMean(**fields[name]) for name in ("recent", "epoch")}
        return cls(**{**fields, **means})


@dataclass(frozen=True)
class Checkpoint:
    """A run's state: progress, weights, optimizer and random state.

    Attributes:
        progress: Steps, times and running sums.
        weights: The network's weights after the last step, by name.
        optimizer: The optimizer's state for each parameter, in the model's order.
        random_state: Of the run's generator, which draws the dropout masks.
        per_image: Losses of single validation images at each epoch.
        margins: Of single training images; None if the run began before such were kept.
    """

    progress: Progress
    weights: Weights
    optimizer: dict[int, dict[str, Tensor]]
    random_state: Tensor
    per_image: PerImage
    margins: Margins | None = None

    def to_bytes(self) -> bytes:
        """Write everything as safetensors."""
        progress = bytearray(self.progress.to_json().encode())
        tensors = {
            _PROGRESS: torch.frombuffer(progress, dtype=torch.uint8),
            _RANDOM_STATE: self.random_state,
            _LOSSES: _stack(self.per_image.losses, torch.float16),
            _HITS: _stack(self.per_image.hits, torch.bool),
            **_margin_tensors(self.margins),
            **{f"weights/{name}": tensor for name, tensor in self.weights.items()},
            **{
                f"optimizer/{index}/{name}": tensor
                for index, state in self.optimizer.items()
                for name, tensor in state.items()
            },
        }
        return pack(tensors)

    @classmethod
    def from_bytes(cls, content: bytes) -> "Checkpoint":
        """Read what `to_bytes` wrote."""
        tensors = unpack(content)
        progress = bytes(tensors.pop(_PROGRESS).tolist()).decode()
        random_state = tensors.pop(_RANDOM_STATE)
        # Not in checkpoints from before such figures were kept.
        losses, hits = tensors.pop(_LOSSES, torch.empty(0)), tensors.pop(_HITS, torch.empty(0))
        per_image = PerImage(list(losses.numpy()), list(hits.numpy()))
        sums, means = tensors.pop(_MARGIN_SUMS, None), tensors.pop(_MARGIN_MEANS, None)
        margins = None if sums is None else Margins(sums, means)
        weights: dict[str, Tensor] = {}
        optimizer: dict[int, dict[str, Tensor]] = {}
        for path, tensor in tensors.items():
            kind, _, name = path.partition("/")
            if kind == "weights":
                weights[name] = tensor
            else:
                index, _, name = name.partition("/")
                optimizer.setdefault(int(index), {})[name] = tensor
        place = Progress.from_json(progress)
        return cls(place, weights, optimizer, random_state, per_image, margins)


@dataclass(frozen=True)
class Start:
    """The end of an earlier part of the same run.

    Attributes:
        checkpoint: Its last step.
        history: Its curves.
        best_weights: Its best epoch's weights, or its last ones.
    """

    checkpoint: Checkpoint
    history: History
    best_weights: Weights


@dataclass(frozen=True)
class Trained:
    """The result of training.

    Attributes:
        history: The curves, with `divergence` if the loss became infinite or not a number.
        best_weights: Of the epoch with the lowest validation loss; the last ones
            without validation images, or before the first epoch ended. After a
            divergence the best of those before it, by training loss without validation
            images; None if there are none.
        checkpoint: The state to continue from; None after a divergence.
        stopped: Whether it was stopped before its last step.
        validation: The figures of single validation images with `best_weights`; None without
            such images or weights, or if these are not of an epoch's end.
        margins: Each training image's mean margin in nats up to the best epoch, as in `Margins`,
            float32 (training_images,); None without weights or a whole epoch, or if the run
            began before such were kept.
    """

    history: History
    best_weights: Weights | None
    checkpoint: Checkpoint | None
    stopped: bool
    validation: ImageScores | None = None
    margins: Tensor | None = None


def _margin_tensors(margins: Margins | None) -> dict[str, Tensor]:
    """Return what is known of the margins by name."""
    if margins is None:
        return {}
    known = {_MARGIN_SUMS: margins.sums, _MARGIN_MEANS: margins.means}
    return {name: tensor for name, tensor in known.items() if tensor is not None}


def _stack(rows: Sequence[NDArray[Any]], kind: torch.dtype) -> Tensor:
    """Return rows, one for each epoch, as one tensor (epochs, images)."""
    return torch.from_numpy(np.stack(rows)) if rows else torch.empty(0, dtype=kind)
