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
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from statistics import median

import psutil

from benchmarks.harness.arguments import positive
from benchmarks.training import contest, watched
from benchmarks.training.contestants import CONTESTANTS
from mnistlab.core.errors import ConfigError
from mnistlab.core.settings.activations import ACTIVATIONS
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.presets import PRESETS
from mnistlab.engine.worker.cores import MOST_THREADS

Result = float | int | str | Mapping[str, float] | None

_NOTEBOOK = PRESETS["notebook"].config
_OTHERS = {
    "1×128": dataclasses.replace(_NOTEBOOK, hidden_layers=1, units=(128,)),
    "3×1024": dataclasses.replace(_NOTEBOOK, hidden_layers=3, units=(1024,)),
    "adam": dataclasses.replace(_NOTEBOOK, optimizer="adam", learning_rate=0.001),
    "momentum": dataclasses.replace(_NOTEBOOK, momentum=0.9),
    "dropout": dataclasses.replace(_NOTEBOOK, dropout=0.5),
    **{name: dataclasses.replace(_NOTEBOOK, activation=name) for name in ACTIVATIONS},
    "quick_start": RunConfig(),
}
_WATCHED = "mnistlab_watched"
_NAMES = (*CONTESTANTS, _WATCHED)
_RATIOS = {
    "over_jax": (_WATCHED, "jax"),
    "alone_over_jax": ("mnistlab", "jax"),
    "over_gemm": ("mnistlab", "gemm"),
    "notebook_over_mnistlab": ("notebook", "mnistlab"),
    "watched_ratio": (_WATCHED, "mnistlab"),
}


def main(arguments: Sequence[str]) -> Mapping[str, Result]:
    """Let all train in turns and return the results by name."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks training [--json FILE]")
    parser.add_argument("--repeats", type=positive, default=5, help="of each epoch")
    parser.add_argument("--epochs", type=int, default=20, help="of each watched run")
    parser.add_argument("--images", type=int, default=60_000, help="of the notebook's experiment")
    parser.add_argument("--contestants", nargs="+", choices=_NAMES, default=_NAMES)
    parser.add_argument("--fewer-images", type=int, default=12_800, help="of the others")
    parser.add_argument("--others", nargs="*", choices=_OTHERS, default=_OTHERS)
    options = parser.parse_args(arguments)
    sizes = {"epochs": options.epochs, "training_images": options.images}
    try:
        config = dataclasses.replace(_NOTEBOOK, **sizes)
        fewer = {"training_images": options.fewer_images}
        others = {name: dataclasses.replace(_OTHERS[name], **fewer) for name in options.others}
    except ConfigError as error:
        parser.error(str(error))
    before = psutil.cpu_times()._asdict()
    return {
        **_side_by_side(config, options.contestants, options.repeats),
        "stolen_share": _stolen_share(before),
        "over_autograd": {
            name: _over_autograd(other, options.repeats) for name, other in others.items()
        },
        "repeats": options.repeats,
        "images": config.training_images,
        **_surroundings(),
    }


def _side_by_side(config: RunConfig, names: Sequence[str], repeats: int) -> dict[str, float | None]:
    """Return the seconds of each for the notebook's experiment, and their ratios."""
    paces: list[float] = []

    def watch() -> float:
        seen = watched.train(config)
        if seen.points_per_second is not None:
            paces.append(seen.points_per_second)
        return seen.seconds_per_epoch

    alone = [name for name in names if name != _WATCHED]
    with contest.enter(alone, config) as epochs:
        seen = {_WATCHED: watch} if _WATCHED in names else {}
        seconds = contest.compete({**epochs, **seen}, repeats)
    return {**seconds, **ratios(seconds), "points_per_second": median(paces) if paces else None}


def ratios(seconds: Mapping[str, float]) -> dict[str, float]:
    """Return the ratios of those that took part."""
    return {
        ratio: seconds[one] / seconds[other]
        for ratio, (one, other) in _RATIOS.items()
        if one in seconds and other in seconds
    }


def _over_autograd(config: RunConfig, repeats: int) -> float:
    with contest.enter(("autograd", "mnistlab"), config) as epochs:
        seconds = contest.compete(epochs, repeats)
    return seconds["mnistlab"] / seconds["autograd"]


def _stolen_share(before: Mapping[str, float]) -> float | None:
    """Return the share of the cores' time since `before` that the host gave to others."""
    now: Mapping[str, float] = psutil.cpu_times()._asdict()
    if "steal" not in now:
        return None
    return (now["steal"] - before["steal"]) / (sum(now.values()) - sum(before.values()))


def _surroundings() -> dict[str, int | str]:
    return {
        "threads": MOST_THREADS,
        "torch": version("torch"),
        "python": platform.python_version(),
        "cores": os.cpu_count() or 1,
    }
