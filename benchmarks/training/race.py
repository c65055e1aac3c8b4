"""The notebook's loop and Quick start in a race to an accuracy. Imports torch.

Both learn from the same 55,000 images. The clock stands while a network is looked at; a mark
is passed when the network reads at least that share of the 5,000 validation images and of the
10,000 test images, both at the same look.
"""

import dataclasses
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from benchmarks.training import notebook
from mnistlab.core.data import mnist
from mnistlab.core.data.mnist import Digits, Splits
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.presets import PRESETS
from mnistlab.core.training.evaluate import score
from mnistlab.core.training.loop import Trainer
from mnistlab.engine.worker.cores import MOST_THREADS

_LOOKS_AT_THE_NOTEBOOK = 4
"""An epoch."""
_STEPS_BETWEEN_LOOKS = 20
"""At Quick start, which is past the first mark within its first epoch."""
_EPOCHS_TO_WARM_UP = 1
_SHAPE = (28, 28)


class Referee:
    """Looks at a network now and then, and notes when it passes each mark.

    Args:
        splits: Its validation and test images are asked.
        marks: Accuracies, from low to high.
        interval: Steps between two looks.

    Attributes:
        seconds: Of training so far.
        passed: After how many seconds of training each mark was passed, of those that were.
    """

    def __init__(self, splits: Splits, marks: Sequence[float], interval: int) -> None:
        self.seconds = 0.0
        self.passed: list[float] = []
        self._splits = splits
        self._marks = marks
        self._interval = interval
        self._next_step = interval
        self._started_at = time.perf_counter()

    def follow(self, model: nn.Module, step: int) -> bool:
        """Look at the network if it is time; tell whether all marks are passed."""
        if step >= self._next_step:
            self._next_step = step + self._interval
            self.look(model)
        return self._is_over

    def look(self, model: nn.Module) -> None:
        """Stop the clock, ask the network, and go on."""
        self.seconds += time.perf_counter() - self._started_at
        while not self._is_over and self._passes(model, self._marks[len(self.passed)]):
            self.passed.append(self.seconds)
        self._started_at = time.perf_counter()

    @property
    def _is_over(self) -> bool:
        return len(self.passed) == len(self._marks)

    def _passes(self, model: nn.Module, mark: float) -> bool:
        asked = (self._splits.validation, self._splits.test)
        return all(score(model, digits).accuracy >= mark for digits in asked)


@dataclass(frozen=True)
class Lap:
    """How one of the two did from one seed.

    Attributes:
        passed: After how many seconds of training it passed each mark; infinite if it never did.
        seconds: How long it was trained.
        validation: Its accuracy then, as a share of the validation images.
        test: The same of the test images.
    """

    passed: Sequence[float]
    seconds: float
    validation: float
    test: float


class Race:
    """Both learn from the same images and are judged on the same others.

    Args:
        cache: Where MNIST is unpacked to.
        marks: Accuracies, from low to high.
    """

    def __init__(self, cache: Path, marks: Sequence[float]) -> None:
        torch.set_num_threads(MOST_THREADS)
        training, test = (mnist.load(cache, train=part) for part in (True, False))
        self._quick_start = PRESETS["quick_start"].config
        self._splits = mnist.split(training, test, self._quick_start)
        self._dataset = notebook.load_images(cache, len(training))
        self._dataset.data = self._splits.train.pixels.view(-1, *_SHAPE)
        self._dataset.targets = self._splits.train.labels
        self._marks = marks

    def warm_up(self) -> None:
        """Train both for a while, so that neither pays for what only the first one does."""
        self.run_notebook(0, most_epochs=_EPOCHS_TO_WARM_UP)
        self._train(dataclasses.replace(self._quick_start, epochs=_EPOCHS_TO_WARM_UP))

    def run_notebook(self, seed: int, most_epochs: int) -> Lap:
        """Train the notebook's network by its own loop until all marks are passed."""
        torch.manual_seed(seed)
        steps = notebook.count_steps(self._dataset)
        networks = notebook.train_on_and_on(self._dataset)
        referee = Referee(self._splits, self._marks, steps // _LOOKS_AT_THE_NOTEBOOK)
        for step, model in enumerate(networks, start=1):
            if referee.follow(model, step) or step == most_epochs * steps:
                return self._lap(referee, model)
        raise AssertionError("the networks never end")

    def run_quick_start(self, seed: int) -> Lap:
        """Train Quick start by mnistlab's trainer to its end."""
        return self._train(dataclasses.replace(self._quick_start, seed=seed))

    def _train(self, config: RunConfig) -> Lap:
        trainer = Trainer(config, _without_validation(self._splits), lambda event: None)
        referee = Referee(self._splits, self._marks, _STEPS_BETWEEN_LOOKS)

        def look() -> bool:
            referee.follow(trainer.model, trainer.progress.step)
            return False

        trainer.run(look)
        return self._lap(referee, trainer.model)

    def _lap(self, referee: Referee, model: nn.Module) -> Lap:
        referee.look(model)
        missing = [math.inf] * (len(self._marks) - len(referee.passed))
        asked = (self._splits.validation, self._splits.test)
        accuracies = [score(model, digits).accuracy for digits in asked]
        return Lap([*referee.passed, *missing], referee.seconds, *accuracies)


def _without_validation(splits: Splits) -> Splits:
    """Leave out what the trainer would look at by itself, at each epoch's end."""
    nothing = Digits(splits.validation.pixels[:0], splits.validation.labels[:0])
    return dataclasses.replace(splits, validation=nothing)
