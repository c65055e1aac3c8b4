"""Small runs on the real images: whole, stopped, gone on with."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

import pytest
import torch

from mnistlab.core.data import mnist
from mnistlab.core.data.mnist import Digits, Splits
from mnistlab.core.network.model import pack, unpack
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.rate_change import RateChange
from mnistlab.core.training.checkpoint import Checkpoint, Start, Trained
from mnistlab.core.training.events import Event
from mnistlab.core.training.history import History
from mnistlab.core.training.loop import train
from tests.factories import not_none, plain_config

MOMENTUM = plain_config(momentum=0.9, learning_rate=0.05)
DROPOUT = plain_config(optimizer="adam", learning_rate=0.003, dropout=0.5)
ONE_CYCLE = plain_config(optimizer="adamw", learning_rate=0.01, schedule="one_cycle", dropout=0.2)
NO_VALIDATION = plain_config(optimizer="rmsprop", learning_rate=0.001, validation_images=0)
HANDWRITING = plain_config(optimizer="adam", learning_rate=0.003, distortions="handwriting")
CHANGED = plain_config(
    optimizer="adamw",
    learning_rate=0.01,
    schedule="cosine",
    rate_changes=(RateChange(2, 0.03), RateChange(5, 0.002), RateChange(6, 0.005)),
)
VARIETY = {
    "sgd with momentum": MOMENTUM,
    "adam with dropout": DROPOUT,
    "one cycle": ONE_CYCLE,
    "no validation": NO_VALIDATION,
    "distorted": HANDWRITING,
    "changed rate": CHANGED,
}
for_variety = pytest.mark.parametrize("config", VARIETY.values(), ids=VARIETY)


def never() -> bool:
    return False


def ignore(event: Event) -> None:
    pass


def after_asking(times: int) -> Callable[[], bool]:
    """Return a `should_stop` that says no so many times, then yes."""
    asked = count()
    return lambda: next(asked) >= times


@dataclass(frozen=True)
class Trainer:
    """Trains in this process.

    Attributes:
        training_digits: The images that are split into training and validation.
        test_digits: The test images.
    """

    training_digits: Digits
    test_digits: Digits

    def split(self, config: RunConfig) -> Splits:
        return mnist.split(self.training_digits, self.test_digits, config)

    def train(
        self,
        config: RunConfig,
        start: Start | None = None,
        asks: int | None = None,
        emit: Callable[[Event], None] = ignore,
    ) -> Trained:
        """Train, to the end or until the run has asked so many times whether to stop."""
        should_stop = never if asks is None else after_asking(asks)
        return train(config, self.split(config), emit, should_stop, start)


def start_from(trained: Trained) -> Start:
    """Return where `trained` ended, as it is after it was kept as bytes and text."""
    return Start(
        Checkpoint.from_bytes(not_none(trained.checkpoint).to_bytes()),
        History.from_json(trained.history.to_json()),
        unpack(pack(not_none(trained.best_weights))),
    )


def assert_same(one: Trained, other: Trained) -> None:
    """Both have the same curves, weights, margins and place, to the last bit."""
    assert one.history == other.history
    assert one.stopped == other.stopped
    mine, its = not_none(one.checkpoint), not_none(other.checkpoint)
    assert_equal(not_none(one.best_weights), not_none(other.best_weights))
    assert_equal(mine.weights, its.weights)
    assert mine.progress.step == its.progress.step
    assert torch.equal(mine.random_state, its.random_state)
    assert torch.equal(not_none(mine.margins).sums, not_none(its.margins).sums)
    assert (one.margins is None) == (other.margins is None)
    if one.margins is not None and other.margins is not None:
        assert torch.equal(one.margins, other.margins)


def assert_equal(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> None:
    """Both have the same tensors by the same names, to the last bit."""
    assert one.keys() == other.keys()
    assert all(torch.equal(tensor, other[name]) for name, tensor in one.items())
