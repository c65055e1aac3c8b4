"""How often the interval in which overfitting is said to have begun is right.

Twenty runs that overfit, each with its own training images, its own 5,000 validation
images and 5,000 unseen ones, all drawn anew from MNIST's training images. From the
validation images alone comes the interval (`mnistlab/core/analysis/diagnosis/overfitting.py`);
from the unseen ones comes the epoch at which their own loss was lowest. `onset_coverage`
is the share of runs whose interval contains that epoch; a run that overfits without
being found out counts as missed. `median_width` is the intervals' width in epochs: one
as wide as the run would always be right.

Beside them twelve runs that should not be accused, since they are healthy or end
before they overfit: `wrong_claims` counts those that are.
"""

import argparse
import dataclasses
import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

import torch

from benchmarks.harness import images
from benchmarks.harness.arguments import positive
from mnistlab.core.analysis.diagnosis.overfitting import Onset, find_overfitting
from mnistlab.core.data.mnist import Digits, Splits
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.evaluate import score
from mnistlab.core.training.events import EpochPoint, Event
from mnistlab.core.training.history import History, Measure
from mnistlab.core.training.loop import Trainer

_IMAGES = 5_000
_like = functools.partial(
    dataclasses.replace,
    RunConfig(
        hidden_layers=1,
        units=(256,),
        optimizer="adam",
        learning_rate=0.001,
        dropout=0.0,
        weight_decay=0.0,
        schedule="constant",
        validation_images=_IMAGES,
    ),
)
_OVERFITTING = (
    _like(training_images=1_000, batch_size=32, epochs=30),
    _like(training_images=3_000, batch_size=64, epochs=30, hidden_layers=2),
    _like(training_images=10_000, batch_size=64, epochs=25, hidden_layers=2),
    _like(
        training_images=2_000,
        batch_size=32,
        epochs=40,
        hidden_layers=2,
        units=(128,),
        optimizer="sgd",
        momentum=0.9,
        learning_rate=0.05,
    ),
    _like(training_images=500, batch_size=50, epochs=120, units=(128,), learning_rate=0.0003),
)
_HEALTHY = (
    _like(training_images=20_000, epochs=4, optimizer="sgd", learning_rate=0.02, batch_size=64),
    _like(training_images=20_000, epochs=5, batch_size=128),
    _like(training_images=20_000, epochs=8, dropout=0.5, batch_size=128),
)


@dataclass
class Trial:
    """A run, and what images that nobody looked at say of it."""

    config: RunConfig
    history: History
    unseen: list[float] = field(default_factory=list)

    @property
    def onset(self) -> Onset | None:
        """When its loss began to overfit, if it is said to."""
        found = find_overfitting(self.history, _IMAGES, Measure.LOSS)
        return found if isinstance(found, Onset) else None

    @property
    def is_covered(self) -> bool:
        """Whether the unseen images were read best within the interval."""
        best = min(range(1, len(self.unseen)), key=self.unseen.__getitem__)
        return self.onset is not None and self.onset.earliest <= best <= self.onset.latest


def main(arguments: Sequence[str]) -> Mapping[str, float | int | str | None]:
    """Train all runs and return the results by name."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks onset [--json FILE]")
    parser.add_argument("--seeds", type=positive, default=4, help="of each network")
    seeds = range(parser.parse_args(arguments).seeds)
    digits = images.load(train=True)
    trials = [_try(config, seed, digits) for config in _OVERFITTING for seed in seeds]
    healthy = [_try(config, seed, digits) for config in _HEALTHY for seed in seeds]
    widths = [trial.onset.latest - trial.onset.earliest + 1 for trial in trials if trial.onset]
    return {
        "runs": len(trials),
        "claims": len(widths),
        "onset_coverage": sum(trial.is_covered for trial in trials) / len(trials),
        "median_width": median(widths) if widths else None,
        "median_epochs": median(trial.config.epochs for trial in trials),
        "healthy_runs": len(healthy),
        "wrong_claims": sum(trial.onset is not None for trial in healthy),
    }


def _try(config: RunConfig, seed: int, digits: Digits) -> Trial:
    config = dataclasses.replace(config, seed=seed)
    splits, unseen = _draw(config, digits)
    trial = Trial(config, History())

    def emit(event: Event) -> None:
        trial.history.add(event)
        if isinstance(event, EpochPoint):
            trial.unseen.append(score(trainer.model, unseen).loss)

    trainer = Trainer(config, splits, emit)
    trainer.run(should_stop=lambda: False)
    return trial


def _draw(config: RunConfig, digits: Digits) -> tuple[Splits, Digits]:
    """Return a run's own images, and as many that it never sees as it is validated on."""
    shuffle = torch.Generator().manual_seed(hash((config.training_images, config.seed)))
    order = torch.randperm(len(digits), generator=shuffle)
    unseen, validation, rest = order.tensor_split([_IMAGES, 2 * _IMAGES])
    training = digits.pick(rest[: config.training_images])
    splits = Splits(training, digits.pick(validation), digits.pick(unseen))
    return splits, splits.test
