"""The training loop: `train` → `run` → `run_epoch` → `train_step`. No I/O.

All random numbers come from generators seeded by the run's seed: initial weights and dropout
masks from one, the order of images and their distortions from a new one in each epoch. The same
config on the same machine thus gives the same numbers.
"""

import contextlib
import copy
import dataclasses
import math
import time
from collections.abc import Callable

import torch
from torch import Tensor

from mnistlab.core.data.batches import batches
from mnistlab.core.data.mnist import Splits
from mnistlab.core.network.model import MLP, copy_weights
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.fields import RATE_CHANGES
from mnistlab.core.settings.rate_change import RateChange
from mnistlab.core.settings.registry import SCHEDULES
from mnistlab.core.training import optimizers
from mnistlab.core.training.checkpoint import Checkpoint, Progress, Start, Trained, Weights
from mnistlab.core.training.cost.point_interval import is_point_due, points_per_epoch
from mnistlab.core.training.evaluate import Score, score
from mnistlab.core.training.events import Divergence, EpochPoint, Event, StepPoint
from mnistlab.core.training.fast_step import make_fast_step
from mnistlab.core.training.history import History
from mnistlab.core.training.margins import Margins
from mnistlab.core.training.pending_metrics import PendingMetrics
from mnistlab.core.training.per_image import ImageScores, PerImage
from mnistlab.core.training.probe import Prober
from mnistlab.core.training.step import AutogradStep


class _LossNotFiniteError(Exception):
    """Ends the loop once the loss is infinite or not a number."""


def train(
    config: RunConfig,
    splits: Splits,
    emit: Callable[[Event], None],
    should_stop: Callable[[], bool],
    start: Start | None = None,
) -> Trained:
    """Train the network of `config` until its last epoch or a stop.

    Args:
        config: The run's settings.
        splits: Training and validation images; the test images are not used.
        emit: Is called with each new point of the curves.
        should_stop: Is called before each step.
        start: Where to continue from, instead of the seed. If `config` has more epochs than
            the earlier part, the learning-rate schedule restarts for the remaining ones.
    """
    trainer = Trainer(config, splits, emit)
    if start is not None:
        trainer.resume(start)
    trainer.run(should_stop)
    return trainer.result()


class Trainer:
    """The state of a training run."""

    def __init__(self, config: RunConfig, splits: Splits, emit: Callable[[Event], None]) -> None:
        self.config = config
        self.splits = splits
        self.emit = emit
        self.generator = torch.Generator().manual_seed(config.seed)
        self.model = MLP(config, self.generator)
        self.optimizer = optimizers.make_optimizer(config, self.model)
        self.fast_step = make_fast_step(config, self.model, self.optimizer)
        self.autograd_step = AutogradStep(self.model, self.optimizer)
        self.prober = Prober(config, self.model, splits.train)
        self.history = History()
        self.per_image = PerImage()
        self.margins: Margins | None = Margins.none_yet(config.training_images)
        self._pending = PendingMetrics()
        self._kept: tuple[int, Weights] | None = None  # the best so far, and after which step
        self.points_per_epoch = points_per_epoch(config)
        self.progress = Progress(0, 0, config.epochs * config.steps_per_epoch)

    def resume(self, start: Start) -> None:
        """Continue from the end of an earlier part of the run; `start` is not changed."""
        checkpoint = copy.deepcopy(start.checkpoint)
        self.history = start.history.copy()
        best = self.history.best_epoch
        self._kept = (best.step if best else checkpoint.progress.step, start.best_weights)
        self.model.load_state_dict(checkpoint.weights)
        optimizers.set_state(self.optimizer, checkpoint.optimizer)
        self.generator.set_state(checkpoint.random_state)
        self.per_image, self.margins = checkpoint.per_image, checkpoint.margins
        planned, self.progress = self.progress.last_step, checkpoint.progress
        if planned != self.progress.last_step:
            self.progress.first_step = self.progress.step
            self.progress.last_step = planned

    def run(self, should_stop: Callable[[], bool]) -> None:
        """Train until the last step, a stop, or a loss that is not finite."""
        with contextlib.suppress(_LossNotFiniteError):
            if not self.history.epochs:
                self._record(self._epoch_point(0, None, None, seconds=0.0))
            self._clock = time.perf_counter()
            while self.progress.step < self.progress.last_step and not should_stop():
                self.run_epoch(should_stop)
            self._count()

    def change_rate(self, rate: float) -> None:
        """Replace the learning rate from the next step on, unless it was changed too often."""
        if len(self.config.rate_changes) < RATE_CHANGES.most:
            self.config = self.config.with_rate_changes([RateChange(self.progress.step, rate)])

    def run_epoch(self, should_stop: Callable[[], bool]) -> None:
        """Train to the end of the current epoch or to a stop."""
        epoch, done = divmod(self.progress.step, self.config.steps_per_epoch)
        for images, labels in batches(self.config, self.splits.train, epoch, done):
            if should_stop():
                return
            self.train_step(images, labels)
            self.progress.epoch_seconds += self._lap()
            if is_point_due(self.progress.step, self.points_per_epoch, self.config):
                self._record_step()
        self._record_epoch(epoch + 1)

    def train_step(self, images: Tensor, labels: Tensor) -> None:
        """Take one step on images (batch, 784) and their labels (batch,)."""
        for change in self.config.rate_changes:
            if change.step == self.progress.step:
                self._record(change)
        self.progress.step += 1
        optimizers.set_learning_rate(self.optimizer, self._rate())
        if self.prober.is_due(self.progress.step):
            self._step_and_probe(images, labels)
        else:
            self._pending.add(self.fast_step(images, labels), labels)

    def _step_and_probe(self, images: Tensor, labels: Tensor) -> None:
        """Take a step by autograd, and probe the network with its gradients."""
        before = self.prober.copy_weights()
        self._pending.add(self.autograd_step(images, labels), labels)
        self._count()
        self._record(self.prober.look(self.progress.step, before))

    def result(self) -> Trained:
        """Return the result once `run` has ended."""
        margins = self.margins.means if self.margins is not None and self._kept else None
        validation = self._validation()
        if self.history.divergence is not None:
            kept = self._kept[1] if self._kept else None
            return Trained(self.history, kept, None, False, validation, margins)
        weights = copy_weights(self.model)
        state, random_state = optimizers.get_state(self.optimizer), self.generator.get_state()
        checkpoint = Checkpoint(
            self.progress, weights, state, random_state, self.per_image, self.margins
        )
        stopped = self.progress.step < self.progress.last_step
        best = self._kept[1] if self._kept and self.history.best_epoch else weights
        return Trained(self.history, best, checkpoint, stopped, validation, margins)

    def _validation(self) -> ImageScores | None:
        """Return the figures of single images at the epoch whose weights are kept."""
        best = self.history.best_epoch
        return self.per_image.scores(best.epoch, self.history.epochs_done) if best else None

    def _rate(self) -> float:
        """Return the learning rate of the current step."""
        factor = SCHEDULES[self.config.schedule].factor(self.progress.share)
        return self.config.base_rate(self.progress.step - 1) * factor

    def _count(self) -> None:
        """Add the pending steps to the running means, up to one whose loss is not finite."""
        taken = self._pending.take()
        first = self.progress.step - len(taken.batches) + 1
        for step, batch in enumerate(taken.batches, first):
            self.progress.step = step  # steps after a loss that is not finite don't count
            self._check_finite(batch.loss, "training")
            self.progress.recent.add(batch)
            self.progress.epoch.add(batch)
        if self.margins is not None:
            self.margins.add(self.config, first, taken.margins)

    def _check_finite(self, loss: float, split: str) -> None:
        if math.isfinite(loss):
            return
        step = self.progress.step
        if self.progress.recent.images:
            self._record_step()  # so that the curve ends at the divergence
        kept_epoch = self._drop_bad_weights(step, split)
        self._record(Divergence(step, step / self.config.steps_per_epoch, split, kept_epoch))
        raise _LossNotFiniteError

    def _drop_bad_weights(self, step: int, split: str) -> float | None:
        """Return the epoch, as a fraction, of the weights that are kept; None if none are."""
        last_finite = step - 1 if split == "training" else step
        if self._kept and not self.history.best_epoch and self._kept[0] >= last_finite:
            self._kept = None  # the loss is not finite with these weights
        return self._kept[0] / self.config.steps_per_epoch if self._kept else None

    def _lap(self) -> float:
        """Return the seconds since the last lap, and add them to the run's."""
        now = time.perf_counter()
        lap, self._clock = now - self._clock, now
        self.progress.seconds += lap
        return lap

    def _record(self, event: Event) -> None:
        self.history.add(event)
        self.emit(event)

    def _record_step(self) -> None:
        self._count()
        progress, recent = self.progress, self.progress.recent
        epoch = progress.step / self.config.steps_per_epoch
        numbers = (recent.mean_loss, recent.accuracy, self._rate(), progress.seconds)
        self._record(StepPoint(progress.step, epoch, *numbers))
        progress.recent = type(recent)()

    def _record_epoch(self, epoch: int) -> None:
        self._count()
        progress, mean = self.progress, self.progress.epoch
        point = self._epoch_point(epoch, mean.mean_loss, mean.accuracy, progress.epoch_seconds)
        self._record(dataclasses.replace(point, train_loss_error=mean.loss_error))
        is_best = self.history.kept_epoch.epoch == epoch
        if is_best:
            self._kept = (progress.step, copy_weights(self.model))
        if self.margins is not None:
            self.margins.end_epoch(epoch, is_best)
        progress.epoch = type(mean)()
        progress.epoch_seconds = 0.0
        self._lap()  # a validation's time is the run's, not the epoch's

    def _epoch_point(
        self, epoch: int, train_loss: float | None, train_accuracy: float | None, seconds: float
    ) -> EpochPoint:
        """Return the point of an epoch's end, with validation figures if there are images."""
        training = (epoch, self.progress.step, train_loss, train_accuracy)
        if not len(self.splits.validation):
            return EpochPoint(*training, None, None, seconds)
        measured: Score = score(self.model, self.splits.validation)
        self._check_finite(measured.loss, "validation")
        errors = self.per_image.add(measured.losses, measured.hits)
        return EpochPoint(*training, measured.loss, measured.accuracy, seconds, errors)
