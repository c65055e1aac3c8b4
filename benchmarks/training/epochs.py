"""How long an epoch takes, through the real trainer. Imports torch: prepare the cores first."""

import dataclasses
import itertools
import time

import torch

from benchmarks.harness import images
from mnistlab.core.data import mnist
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.cost.speed import Speed
from mnistlab.core.training.cost.timing import solve_for_costs, time_steps
from mnistlab.core.training.events import EpochPoint, Event
from mnistlab.core.training.loop import train
from mnistlab.engine.worker import cores

_FEWEST_EPOCHS = 2


class Stopwatch:
    """Times epochs as a worker trains them, alone on the machine with all its threads.

    Args:
        at_least: Seconds for which each config is trained.

    Attributes:
        speed: What mnistlab believes a step to cost here, by which it foretells a run's end.
    """

    def __init__(self, at_least: float = 1.2) -> None:
        self._at_least = at_least
        torch.set_num_threads(cores.MOST_THREADS)
        self._training, self._test = images.load(train=True), images.load(train=False)
        with cores.flush_denormals():
            self.speed: Speed = solve_for_costs(list(time_steps()))

    def seconds_per_epoch(self, config: RunConfig) -> float:
        """Return the shortest of several epochs: what else a machine does only adds time."""
        config = dataclasses.replace(config, epochs=200, schedule="constant")
        with cores.flush_denormals():
            return self._shortest_epoch(config)

    def expected_seconds_per_epoch(self, config: RunConfig) -> float:
        """Return what an epoch should take by `mnistlab.core.training.cost.speed`."""
        return self.speed.run_seconds(dataclasses.replace(config, epochs=1))

    def _shortest_epoch(self, config: RunConfig) -> float:
        ends: list[float] = []

        def note(event: Event) -> None:
            if isinstance(event, EpochPoint):  # the first, for epoch 0, comes before any step
                ends.append(time.perf_counter())

        def is_enough() -> bool:
            return len(ends) > _FEWEST_EPOCHS and ends[-1] - ends[0] > self._at_least

        train(config, mnist.split(self._training, self._test, config), note, is_enough)
        return min(after - before for before, after in itertools.pairwise(ends))
