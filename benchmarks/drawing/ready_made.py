"""Makes the ready-made network, with which Draw and Mistakes begin.

`python -m benchmarks ready_made` trains the Handwriting preset as a worker trains a visitor's run,
in a minute or two, and writes its weights and its card to `mnistlab/data/ready_made`, which are
part of the project. It is to be run again when that preset changes; a test compares both.

Nothing is chosen by these figures: the seed is the preset's own, and the test images are used once.
"""

import argparse
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from mnistlab.core.network import ready_made
from mnistlab.core.network.numpy_forward import predict, read_network
from mnistlab.core.network.ready_made import FOLDER, PRESET, Card
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.presets import PRESETS
from mnistlab.engine.worker import cores

if TYPE_CHECKING:
    from mnistlab.core.data.mnist import Digits

_COMMAND = "python -m benchmarks ready_made"


def main(arguments: Sequence[str]) -> Mapping[str, float | int]:
    """Make the network; return its figures by name."""
    parser = argparse.ArgumentParser(prog=f"{_COMMAND} [--json FILE]")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where to write it")
    folder = parser.parse_args(arguments).folder
    cores.prepare()  # before torch is imported, as in a worker
    card = make(PRESETS[PRESET].config, folder)
    return {
        "validation_accuracy": card.validation_accuracy,
        "test_accuracy": card.test_correct / card.test_total,
        "seconds": card.seconds,
        "bytes": sum(file.stat().st_size for file in folder.iterdir()),
    }


def make(config: RunConfig, folder: Path) -> Card:
    """Train a network with validation images, measure it, and write it to a folder."""
    from benchmarks.harness import images
    from mnistlab.core.data import mnist
    from mnistlab.core.network.model import pack
    from mnistlab.core.training.loop import train

    splits = mnist.split(images.load(train=True), images.load(train=False), config)
    with cores.flush_denormals():
        trained = train(config, splits, lambda event: None, lambda: False)
    best, weights = trained.history.best_epoch, pack(trained.best_weights or {})
    assert best is not None
    assert best.validation_accuracy is not None
    assert best.validation_loss is not None
    card = Card(
        config=config,
        made_by=_COMMAND,
        made_at=datetime.now(UTC).replace(microsecond=0),
        torch=version("torch"),
        seconds=round(trained.history.seconds, 1),
        epochs_done=trained.history.epochs_done,
        best_epoch=best.epoch,
        validation_accuracy=best.validation_accuracy,
        validation_loss=best.validation_loss,
        test_correct=_count_correct(config, weights, splits.test),
        test_total=len(splits.test),
        sha256=ready_made.digest(weights),
    )
    ready_made.write(card, weights, folder)
    return card


def _count_correct(config: RunConfig, weights: bytes, digits: "Digits") -> int:
    predictions = predict(read_network(config, weights), digits.pixels.numpy()).argmax(axis=1)
    return int((predictions == digits.labels.numpy()).sum())
