"""Small runs, and what their tests have in common."""

import dataclasses
from collections.abc import Callable
from itertools import count

import pytest
import torch

from mnistlab.core.data.mnist import Splits
from mnistlab.core.network.model import pack, unpack
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.checkpoint import Checkpoint, Start, Trained
from mnistlab.core.training.events import Event
from mnistlab.core.training.history import History
from mnistlab.core.training.loop import train

BASE = RunConfig(
    hidden_layers=2,
    units=(32, 24),
    activation="relu",
    optimizer="sgd",
    learning_rate=0.1,
    momentum=0.0,
    weight_decay=0.0,
    dropout=0.0,
    batch_size=100,
    epochs=2,
    schedule="constant",
    training_images=450,
    validation_images=200,
    seed=7,
)
"""Five steps an epoch, the last of them on half a batch."""
EXPLODING = dataclasses.replace(BASE, activation="none", learning_rate=2.0, epochs=20)
"""Without an activation that dies, each step makes the next one bigger."""

MOMENTUM = {"optimizer": "sgd", "momentum": 0.9, "learning_rate": 0.05}
DROPOUT = {"optimizer": "adam", "learning_rate": 0.003, "dropout": 0.5}
ONE_CYCLE = {"optimizer": "adamw", "learning_rate": 0.01, "schedule": "one_cycle", "dropout": 0.2}
NO_VALIDATION = {"optimizer": "rmsprop", "learning_rate": 0.001, "validation_images": 0}
HANDWRITING = {"optimizer": "adam", "learning_rate": 0.003, "distortions": "handwriting"}
VARIETY = {
    "sgd with momentum": MOMENTUM,
    "adam with dropout": DROPOUT,
    "one cycle": ONE_CYCLE,
    "no validation": NO_VALIDATION,
    "distorted": HANDWRITING,
}
for_variety = pytest.mark.parametrize("changes", VARIETY.values(), ids=VARIETY)

Split = Callable[[RunConfig], Splits]


def never() -> bool:
    return False


def ignore(event: Event) -> None:
    pass


def after_asking(times: int) -> Callable[[], bool]:
    """Return a `should_stop` that says no so many times, then yes."""
    asked = count()
    return lambda: next(asked) >= times


def train_whole(config: RunConfig, split: Split) -> Trained:
    return train(config, split(config), ignore, never)


def start_from(trained: Trained) -> Start:
    """Return where `trained` ended, as it is after it was kept as bytes and text."""
    checkpoint = Checkpoint.from_bytes(trained.checkpoint.to_bytes())
    history = History.from_json(trained.history.to_json())
    return Start(checkpoint, history, unpack(pack(trained.best_weights)))


def assert_same(one: Trained, other: Trained) -> None:
    """Both have the same curves, weights and place, to the last bit."""
    assert one.history == other.history
    assert one.stopped == other.stopped
    for mine, its in (
        (one.best_weights, other.best_weights),
        (one.checkpoint.weights, other.checkpoint.weights),
    ):
        assert mine.keys() == its.keys()
        assert all(torch.equal(tensor, its[name]) for name, tensor in mine.items())
    assert one.checkpoint.progress.step == other.checkpoint.progress.step
    assert torch.equal(one.checkpoint.random_state, other.checkpoint.random_state)
