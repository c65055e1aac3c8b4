"""Seconds for an epoch: the notebook's loop, mnistlab's, and mnistlab's with a page watching.

Three things are timed, all of them the notebook's experiment with as many threads:

1. the notebook's own loop, written as a student writes it (`benchmarks/notebook.py`);
2. `mnistlab.core.train.train` with the "notebook" preset, which has no validation. It
   also takes loss and accuracy of every step, which the notebook does not;
3. the same preset trained by the worker of a real server, started and watched by a
   page in a real browser.

The first two take turns in this process and are timed by the same clock, outside of
mnistlab's loop; the medians of all their epochs count. The third comes after them and
tells its own times, those in its history. Its worker has settings of its own for
memory (see `mnistlab/cluster.py`) and gives way to every other process.

Compare ratios within one run, not seconds: another machine or another build of torch
changes all seconds by much, while the parts of one run share both. Load is shared only
in part. On two cores that were busy with other work, four runs gave a `ratio` from 0.26
to 1.38, so believe a run only if the machine had nothing else to do.

`ratio` is mnistlab's time over the notebook's, `watched_ratio` the watched run's over
mnistlab's: lower is better. `points_per_second` is how fast the watched curve grew.
"""

import argparse
import dataclasses
import itertools
import os
import platform
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

import torch

from benchmarks import notebook, watched
from mnistlab.core import data
from mnistlab.core.config import RunConfig
from mnistlab.core.data import Splits
from mnistlab.core.errors import ConfigError
from mnistlab.core.events import EpochPoint, Event
from mnistlab.core.presets import PRESETS
from mnistlab.core.train import train
from mnistlab.engine.cores import MOST_THREADS


def main(arguments: Sequence[str]) -> Mapping[str, float | int | str | None]:
    """Time all three and return the results by name."""
    config, repeats = _parse(arguments)
    torch.set_num_threads(MOST_THREADS)
    with tempfile.TemporaryDirectory(prefix="mnistlab-") as folder:
        home = Path(folder)
        notebook_seconds, mnistlab_seconds = _time_loops(config, repeats, home / "images")
        seen = watched.train(config, home)
    return {
        "notebook_seconds_per_epoch": notebook_seconds,
        "mnistlab_seconds_per_epoch": mnistlab_seconds,
        "ratio": mnistlab_seconds / notebook_seconds,
        "mnistlab_watched_seconds_per_epoch": seen.seconds_per_epoch,
        "watched_ratio": seen.seconds_per_epoch / mnistlab_seconds,
        "points_per_second": seen.points_per_second,
        "epochs": config.epochs,
        "repeats": repeats,
        "images": config.training_images,
        **_surroundings(),
    }


def _parse(arguments: Sequence[str]) -> tuple[RunConfig, int]:
    plain = PRESETS["notebook"].config
    parser = argparse.ArgumentParser(prog="python -m benchmarks training [--json FILE]")
    parser.add_argument("--epochs", type=int, default=2, help="in each repeat")
    parser.add_argument("--repeats", type=int, default=3, help="of the two loops in turn")
    parser.add_argument("--images", type=int, default=plain.training_images, help="to train on")
    options = parser.parse_args(arguments)
    if options.repeats < 1:
        parser.error("--repeats must be 1 or more")
    sizes = {"epochs": options.epochs, "training_images": options.images}
    try:
        return dataclasses.replace(plain, **sizes), options.repeats
    except ConfigError as error:
        parser.error(str(error))


def _time_loops(config: RunConfig, repeats: int, cache: Path) -> tuple[float, float]:
    """Return the notebook's and mnistlab's median seconds for an epoch."""
    dataset = notebook.load_images(cache, config.training_images)
    training, test = (data.load(cache, train=part) for part in (True, False))
    splits = data.split(training, test, config)
    theirs: list[float] = []
    ours: list[float] = []
    for _ in range(repeats):
        theirs += notebook.train(dataset, config.epochs)
        ours += _time_epochs(config, splits)
    return median(theirs), median(ours)


def _time_epochs(config: RunConfig, splits: Splits) -> list[float]:
    """Train with mnistlab's loop; return the seconds from each epoch's end to the next."""
    ends: list[float] = []

    def note(event: Event) -> None:
        if isinstance(event, EpochPoint):  # the first, for epoch 0, comes before any step
            ends.append(time.perf_counter())

    train(config, splits, note, lambda: False)
    return [after - before for before, after in itertools.pairwise(ends)]


def _surroundings() -> dict[str, int | str]:
    return {
        "threads": torch.get_num_threads(),
        "torch": str(torch.__version__),
        "python": platform.python_version(),
        "cores": os.cpu_count() or 1,
    }
