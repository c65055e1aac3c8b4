"""Contestants that train epochs in turns, so that all share what else the machine does."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from statistics import median

from mnistlab.cluster import fork_server
from mnistlab.core.settings.config import RunConfig


class Contestant:
    """One of `benchmarks/training/contestants.py` in its own process, ready to train."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def train(self) -> float:
        """Train an epoch; return the seconds that it took.

        Raises:
            RuntimeError: If its process has ended.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(file=self._process.stdin, flush=True)
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError(f"{self._process.args} has ended")
        return float(answer)


@contextmanager
def enter(name: str, config: RunConfig) -> Iterator[Contestant]:
    """Start a contestant with an experiment; end it with the block."""
    environment = dict(os.environ)
    if name == "mnistlab":
        environment |= fork_server.ENVIRONMENT
    command = [sys.executable, "-m", "benchmarks.training.contestants", name]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdin is not None
        print(config.to_json(), file=process.stdin, flush=True)
        contestant = Contestant(process)
        contestant.train()  # the first epoch of each pays for what is done once
        yield contestant


def compete(names: Sequence[str], config: RunConfig, repeats: int) -> Mapping[str, float]:
    """Let each train an epoch in turn, again and again; return the median seconds of each."""
    with ExitStack() as stack:
        contestants = {name: stack.enter_context(enter(name, config)) for name in names}
        laps = [{name: each.train() for name, each in contestants.items()} for _ in range(repeats)]
    return {name: median(lap[name] for lap in laps) for name in names}
