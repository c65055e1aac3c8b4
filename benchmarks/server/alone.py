"""The same runs one after another, without a server, with all cores: what to compare with.

`python -m benchmarks.server.alone` reads configs as a JSON list from standard input and writes
a JSON list of each run's seconds and curve: in a process of its own, whose torch the
benchmark then needs not keep in memory.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.events import Event
from mnistlab.core.training.history import History

if TYPE_CHECKING:
    from mnistlab.core.data.mnist import Digits


@dataclass(frozen=True)
class AloneRun:
    """A run without a server.

    Attributes:
        seconds: What it took, its test included.
        first_point_seconds: How long until its first point.
        history: Its curves.
    """

    seconds: float
    first_point_seconds: float
    history: History


def train_all(configs: Sequence[RunConfig]) -> list[AloneRun]:
    """Train each config in a fresh process; return what came of them, in order."""
    texts = json.dumps([config.to_json() for config in configs])
    command = [sys.executable, "-m", "benchmarks.server.alone"]
    answer = subprocess.run(command, input=texts, capture_output=True, text=True, check=True)
    return [
        AloneRun(seconds, first, History.from_json(history))
        for seconds, first, history in json.loads(answer.stdout)
    ]


def _train_all(configs: Sequence[RunConfig]) -> list[tuple[float, float, str]]:
    from mnistlab.engine.worker import cores

    cores.prepare()  # before torch is imported, as in a worker
    import torch

    from benchmarks.harness import images

    torch.set_num_threads(cores.MOST_THREADS)
    training, test = images.load(train=True), images.load(train=False)
    with cores.flush_denormals():
        return [_train(config, training, test) for config in configs]


def _train(config: RunConfig, training: Digits, test: Digits) -> tuple[float, float, str]:
    from mnistlab.core.data import mnist
    from mnistlab.core.network.model import restore
    from mnistlab.core.training.evaluate import predict
    from mnistlab.core.training.loop import train

    began = time.perf_counter()
    seconds: list[float] = []

    def note(event: Event) -> None:
        seconds.append(time.perf_counter() - began)

    splits = mnist.split(training, test, config)
    trained = train(config, splits, note, lambda: False)
    predict(restore(config, trained.best_weights or {}), splits.test.pixels)
    return time.perf_counter() - began, seconds[0], trained.history.to_json()


if __name__ == "__main__":
    print(json.dumps(_train_all([RunConfig.from_json(text) for text in json.load(sys.stdin)])))
