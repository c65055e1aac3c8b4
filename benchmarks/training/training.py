"""Seconds for an epoch of the notebook's experiment, by mnistlab and by others, side by side.

All train the same network, 784-512-512-10 with ReLU and plain descent, on 60,000 images in
batches of 64, each in a process of its own (`benchmarks/training/contestants.py`):

- `gemm`: the products of matrices alone, which nobody can leave out;
- `jax`: JAX, the epoch as one compiled scan;
- `notebook`: the notebook's own loop, as a student writes it (`benchmarks/training/notebook.py`);
- `autograd`: the best loop of PyTorch's usual kind, batches from memory, all fused;
- `sklearn`: scikit-learn;
- `mnistlab`: the project's loop in a process with a worker's settings. It also takes loss and
  accuracy of every step, which the others do not;
- `mnistlab_watched`: the same preset trained by the worker of a real server, started and
  watched by a page in a real browser on the same machine. It gives way to every other
  process, and tells its own times, those in its history.

They take turns at one epoch each, the watched one at twenty in a server of its own each time,
and medians count: the notebook trains thirty, of which the first, beside all that is new to
server and browser, takes twice as long. `over_jax` is the watched epoch over JAX's, which has
the machine to itself; `alone_over_jax` compares like with like. `watched_ratio` is what watching
costs, and `points_per_second` how fast the watched curve grew.

`over_autograd` compares mnistlab's loop with PyTorch's best for other networks, on fewer
images. Compare ratios within one run, not seconds: machines differ, and this one's speed
changed by half within an hour while this was written. `stolen_share` is how much of its cores'
time went to other guests of its host, where that is told: with 0.02 to 0.05 a watched epoch
took 1.9 s, with none 1.6.
"""

import argparse
import dataclasses
import os
import platform
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any

import psutil
import torch

from benchmarks.training import contest, watched
from benchmarks.training.contestants import CONTESTANTS
from benchmarks.training.watched import Watched
from mnistlab.core.errors import ConfigError
from mnistlab.core.settings.activations import ACTIVATIONS
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.presets import PRESETS
from mnistlab.engine.worker.cores import MOST_THREADS

Result = float | int | str | Mapping[str, float] | None

_LESS = dataclasses.replace(PRESETS["notebook"].config, training_images=12_800)
_OTHERS = {
    "1×128": dataclasses.replace(_LESS, hidden_layers=1, units=(128,)),
    "3×1024": dataclasses.replace(_LESS, hidden_layers=3, units=(1024,)),
    "adam": dataclasses.replace(_LESS, optimizer="adam", learning_rate=0.001),
    "momentum": dataclasses.replace(_LESS, momentum=0.9),
    "dropout": dataclasses.replace(_LESS, dropout=0.5),
    **{name: dataclasses.replace(_LESS, activation=name) for name in ACTIVATIONS},
    "quick_start": dataclasses.replace(RunConfig(), training_images=12_800),
}


def main(arguments: Sequence[str]) -> Mapping[str, Result]:
    """Let all train in turns and return the results by name."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks training [--json FILE]")
    parser.add_argument("--repeats", type=int, default=5, help="of each epoch")
    parser.add_argument("--epochs", type=int, default=20, help="of each watched run")
    parser.add_argument("--images", type=int, default=60_000, help="of the notebook's experiment")
    parser.add_argument("--others", nargs="*", choices=_OTHERS, default=_OTHERS)
    options = parser.parse_args(arguments)
    if options.repeats < 1:
        parser.error("--repeats must be 1 or more")
    sizes = {"epochs": options.epochs, "training_images": options.images}
    try:
        config = dataclasses.replace(PRESETS["notebook"].config, **sizes)
    except ConfigError as error:
        parser.error(str(error))
    before = psutil.cpu_times()
    return {
        **_side_by_side(config, options.repeats),
        "stolen_share": _stolen_share(before),
        "over_autograd": {name: _over_autograd(name, options.repeats) for name in options.others},
        "repeats": options.repeats,
        "images": config.training_images,
        **_surroundings(),
    }


def _side_by_side(config: RunConfig, repeats: int) -> dict[str, float | None]:
    """Return the seconds of everybody for the notebook's experiment, and their ratios."""
    laps: dict[str, list[float]] = {name: [] for name in CONTESTANTS}
    seen: list[Watched] = []
    with ExitStack() as stack:
        contestants = {
            name: stack.enter_context(contest.enter(name, config)) for name in CONTESTANTS
        }
        for _ in range(repeats):
            for name, contestant in contestants.items():
                laps[name].append(contestant.train())
            seen.append(_watch(config))
    seconds = {name: median(each) for name, each in laps.items()}
    seconds["mnistlab_watched"] = median(each.seconds_per_epoch for each in seen)
    paces = [each.points_per_second for each in seen if each.points_per_second is not None]
    return {**seconds, **_ratios(seconds), "points_per_second": median(paces) if paces else None}


def _watch(config: RunConfig) -> Watched:
    with tempfile.TemporaryDirectory(prefix="mnistlab-") as folder:
        return watched.train(config, Path(folder))


def _ratios(seconds: Mapping[str, float]) -> dict[str, float]:
    alone, watching = seconds["mnistlab"], seconds["mnistlab_watched"]
    return {
        "over_jax": watching / seconds["jax"],
        "alone_over_jax": alone / seconds["jax"],
        "over_gemm": alone / seconds["gemm"],
        "notebook_over_mnistlab": seconds["notebook"] / alone,
        "watched_ratio": watching / alone,
    }


def _over_autograd(name: str, repeats: int) -> float:
    seconds = contest.compete(("autograd", "mnistlab"), _OTHERS[name], repeats)
    return seconds["mnistlab"] / seconds["autograd"]


def _stolen_share(before: Any) -> float | None:
    """Return the share of the cores' time since `before` that the host gave to others."""
    now = psutil.cpu_times()
    if not hasattr(now, "steal"):
        return None
    return (now.steal - before.steal) / (sum(now) - sum(before))


def _surroundings() -> dict[str, int | str]:
    return {
        "threads": MOST_THREADS,
        "torch": str(torch.__version__),
        "python": platform.python_version(),
        "cores": os.cpu_count() or 1,
    }
