"""The training loop: `train` → `run` → `run_epoch` → `train_step`. No I/O.

Everything random is drawn from the run's seed: initial weights and dropout masks
from torch's generator, the order of images anew for each epoch. The same config on
the same machine with the same number of threads gives the same numbers.
"""

import copy
import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from mnistlab.core.checkpoint import Checkpoint, Progress
from mnistlab.core.config import RunConfig
from mnistlab.core.data import Splits, scale
from mnistlab.core.errors import DivergedError
from mnistlab.core.evaluate import Score, score
from mnistlab.core.history import EpochPoint, Event, History, StepPoint
from mnistlab.core.kinds import write_number
from mnistlab.core.model import MLP, build_optimizer, copy_weights
from mnistlab.core.pace import steps_between_points
from mnistlab.core.registry import SCHEDULES
from mnistlab.core.settings import EPOCHS
from mnistlab.core.steady import steady

Weights = dict[str, Tensor]


@dataclass(frozen=True)
class Start:
    """Where an earlier part of the same run ended.

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
    """What training leaves behind.

    Attributes:
        history: The curves.
        best_weights: Of the epoch with the lowest validation loss; the last ones
            without validation images, or before the first epoch ended.
        checkpoint: Where training may go on from.
        stopped: Whether it ended before its last step because it was told to.
    """

    history: History
    best_weights: Weights
    checkpoint: Checkpoint
    stopped: bool


def train(
    config: RunConfig,
    splits: Splits,
    emit: Callable[[Event], None],
    should_stop: Callable[[], bool],
    start: Start | None = None,
) -> Trained:
    """Train the network of `config` until its last epoch, or until told to stop.

    Args:
        config: The run's settings.
        splits: Images to learn from and to validate on; the test images stay untouched.
        emit: Is given each new point of the curves.
        should_stop: Is asked before each step.
        start: Where to go on from, instead of from the seed. If `config` has more
            epochs than were planned then, the learning-rate schedule starts over for
            those that are left.

    Raises:
        DivergedError: If the loss becomes infinite or not a number.
    """
    with torch.random.fork_rng(devices=[]):
        trainer = Trainer(config, splits, emit)
        if start is not None:
            trainer.resume(start)
        trainer.run(should_stop)
        return trainer.result()


class Trainer:
    """A run under way."""

    def __init__(self, config: RunConfig, splits: Splits, emit: Callable[[Event], None]) -> None:
        self.config = config
        self.splits = splits
        self.emit = emit
        torch.manual_seed(config.seed)
        self.model = MLP(config)
        self.optimizer = build_optimizer(config, self.model)
        self.history = History()
        self.best_weights: Weights | None = None
        self.point_interval = steps_between_points(config)
        self.progress = Progress(0, 0, config.epochs * config.steps_per_epoch)

    def resume(self, start: Start) -> None:
        """Take over the state in which an earlier part of the run ended; leave `start` as it is."""
        checkpoint = copy.deepcopy(start.checkpoint)
        self.history = start.history.copy()
        self.best_weights = start.best_weights if start.history.best_epoch else None
        self.model.load_state_dict(checkpoint.weights)
        state = self.optimizer.state_dict()
        self.optimizer.load_state_dict({**state, "state": checkpoint.optimizer})
        torch.set_rng_state(checkpoint.random_state)
        planned, self.progress = self.progress.last_step, checkpoint.progress
        if planned != self.progress.last_step:
            self.progress.first_step = self.progress.step
            self.progress.last_step = planned

    def run(self, should_stop: Callable[[], bool]) -> None:
        """Train epoch after epoch until the last step, or until told to stop."""
        if not self.history.epochs:
            loss, accuracy = self._validate()
            self._record(EpochPoint(0, 0, None, None, loss, accuracy, seconds=0.0))
        self._clock = time.perf_counter()
        while self.progress.step < self.progress.last_step and not should_stop():
            self.run_epoch(should_stop)

    def run_epoch(self, should_stop: Callable[[], bool]) -> None:
        """Train to the end of the current epoch, or until told to stop."""
        epoch, done = divmod(self.progress.step, self.config.steps_per_epoch)
        order = self._image_order(epoch)
        for batch in order.split(self.config.batch_size)[done:]:
            if should_stop():
                return
            self.train_step(batch)
            self.progress.epoch_seconds += self._lap()
            if self._is_point_due():
                self._record_step()
        self._record_epoch(epoch + 1)

    def train_step(self, batch: Tensor) -> None:
        """Take one optimizer step on the training images at `batch`, (batch,)."""
        images = scale(self.splits.train.pixels[batch])  # (batch, 784)
        labels = self.splits.train.labels[batch]
        self._set_learning_rate()
        self.optimizer.zero_grad()
        with steady(len(batch), *self.config.widths):
            logits = self.model(images)  # (batch, 10)
            loss = functional.cross_entropy(logits, labels)
            loss.backward()
        self.optimizer.step()
        self.progress.step += 1
        correct = int((logits.detach().argmax(dim=1) == labels).sum())
        self._count(loss.item(), correct, len(batch))

    def result(self) -> Trained:
        """Return what training has left behind so far."""
        weights = copy_weights(self.model)
        state = self.optimizer.state_dict()["state"]
        checkpoint = Checkpoint(self.progress, weights, state, torch.get_rng_state())
        stopped = self.progress.step < self.progress.last_step
        return Trained(self.history, self.best_weights or weights, checkpoint, stopped)

    def _image_order(self, epoch: int) -> Tensor:
        """Shuffle the training images for one epoch, by seed and epoch alone."""
        seed = self.config.seed * (EPOCHS.high + 1) + epoch
        generator = torch.Generator().manual_seed(seed)
        return torch.randperm(len(self.splits.train), generator=generator)

    def _set_learning_rate(self) -> None:
        first, last = self.progress.first_step, self.progress.last_step
        share = (self.progress.step - first) / max(last - first - 1, 1)
        factor = SCHEDULES[self.config.schedule].factor(share)
        for group in self.optimizer.param_groups:
            group["lr"] = self.config.learning_rate * factor

    def _count(self, loss: float, correct: int, images: int) -> None:
        self._check_finite(loss, "training")
        self.progress.recent.add(loss, correct, images)
        self.progress.epoch.add(loss, correct, images)

    def _check_finite(self, loss: float, split: str) -> None:
        if math.isfinite(loss):
            return
        became = "is no longer a number" if math.isnan(loss) else "grew beyond all numbers"
        epoch = self.progress.step / self.config.steps_per_epoch
        smaller = write_number(float(f"{self.config.learning_rate / 10:.3g}"))
        raise DivergedError(
            f"The {split} loss {became} after step {self.progress.step:,} (epoch {epoch:.2f}): "
            "the steps were so big that each made things worse.",
            f"Try a learning rate of {smaller} or less.",
        )

    def _lap(self) -> float:
        """Return the seconds since the last lap, and count them into the run's."""
        now = time.perf_counter()
        lap, self._clock = now - self._clock, now
        self.progress.seconds += lap
        return lap

    def _is_point_due(self) -> bool:
        step = self.progress.step
        ends_epoch = step % self.config.steps_per_epoch == 0
        return step == 1 or step % self.point_interval == 0 or ends_epoch

    def _record(self, event: Event) -> None:
        self.history.add(event)
        self.emit(event)

    def _record_step(self) -> None:
        progress, recent = self.progress, self.progress.recent
        rate = self.optimizer.param_groups[0]["lr"]
        epoch = progress.step / self.config.steps_per_epoch
        numbers = (recent.mean_loss, recent.accuracy, rate, progress.seconds)
        self._record(StepPoint(progress.step, epoch, *numbers))
        progress.recent = type(recent)()

    def _record_epoch(self, epoch: int) -> None:
        progress, meter = self.progress, self.progress.epoch
        validation = self._validate()
        numbers = (meter.mean_loss, meter.accuracy, *validation, progress.epoch_seconds)
        self._record(EpochPoint(epoch, progress.step, *numbers))
        best = self.history.best_epoch
        if best is not None and best.epoch == epoch:
            self.best_weights = copy_weights(self.model)
        progress.epoch = type(meter)()
        progress.epoch_seconds = 0.0
        self._lap()  # a validation's time is the run's, not the epoch's

    def _validate(self) -> tuple[float, float] | tuple[None, None]:
        if not len(self.splits.validation):
            return None, None
        measured: Score = score(self.model, self.splits.validation)
        self._check_finite(measured.loss, "validation")
        return measured.loss, measured.accuracy
