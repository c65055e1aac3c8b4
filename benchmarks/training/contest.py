"""Contestants that train epochs in turns, so that all share what else the machine does."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from statistics import median

from mnistlab.cluster import fork_server
from mnistlab.core.settings.config import RunConfig

Epoch = Callable[[], float]
"""Trains for an epoch, and returns the seconds that it took."""


@contextmanager
def enter(names: Sequence[str], config: RunConfig) -> Iterator[dict[str, Epoch]]:
    """Start some of `benchmarks/training/contestants.py`; end them with the block.

    Each has a process of its own and an experiment to train. They get ready at the same time.
    """
    with ExitStack() as stack:
        epochs = {name: stack.enter_context(_start(name, config)) for name in names}
        for epoch in epochs.values():
            epoch()  # the first of each pays for what is done once
        yield epochs


@contextmanager
def _start(name: str, config: RunConfig) -> Iterator[Epoch]:
    environment = dict(os.environ)
    if name == "mnistlab":
        environment |= fork_server.ENVIRONMENT
    command = [sys.executable, "-m", "benchmarks.training.contestants", name]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdin is not None
        print(config.to_json(), file=process.stdin, flush=True)
        yield lambda: _train(name, process)
        process.kill()  # it has nothing to tidy up


def _train(name: str, process: "subprocess.Popen[str]") -> float:
    assert process.stdin is not None
    assert process.stdout is not None
    print(file=process.stdin, flush=True)
    answer = process.stdout.readline()
    if not answer:
        raise RuntimeError(f"The process of {name} has ended")
    return float(answer)


def compete(epochs: Mapping[str, Epoch], repeats: int) -> dict[str, float]:
    """Let each train an epoch in turn, again and again; return the median seconds of each."""
    laps = [{name: epoch() for name, epoch in epochs.items()} for _ in range(repeats)]
    return {name: median(lap[name] for lap in laps) for name in epochs}
