"""Settings drawn at random, trained as they are and with each remedy alone: the truth.

Each trial is kept in a file, so that it is trained once and judged as often as needed.
"""

import functools
import gzip
import json
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.diagnosis import drawn_settings
from mnistlab.core.analysis.diagnosis.remedies import alternatives
from mnistlab.core.analysis.paired import Gain, compare
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.cost.point_interval import seconds_per_run
from mnistlab.core.training.history import History
from mnistlab.core.training.per_image import ImageScores

if TYPE_CHECKING:
    from mnistlab.core.data.mnist import Digits

_MOST_SECONDS = 30.0
"""Of a run with a remedy, by a rough estimate: others are left out."""


@dataclass(frozen=True)
class Attempt:
    """A run of a trial: its settings, its curves, and what its best epoch reached.

    Attributes:
        config: Its settings.
        history: Its curves.
        accuracy: On the validation images, at the epoch of the lowest validation loss.
        gain: Over the run without a remedy; zeros for that itself.
        behind: How much better the best run of the trial is, by accuracy.
    """

    config: RunConfig
    history: History
    accuracy: float
    gain: Gain
    behind: Gain


@dataclass(frozen=True)
class Trial:
    """A run as it was drawn, and with each remedy alone.

    Attributes:
        base: As it was drawn.
        remedied: By the name of the remedy.
    """

    base: Attempt
    remedied: dict[str, Attempt]


def train_trials(seed: int, numbers: range, folder: Path) -> Iterator[Trial]:
    """Yield trials in the order of their numbers, training those that `folder` has not yet.

    Those in the folder were trained before, by the code of then.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = {number: folder / f"{seed}_{number}.json.gz" for number in numbers}
    missing = [number for number in numbers if not paths[number].exists()]
    # Spawned, since torch's threads do not survive a fork.
    with ProcessPoolExecutor(os.cpu_count(), get_context("spawn"), _prepare) as pool:
        jobs = [pool.submit(_train_into, seed, n, paths[n]) for n in missing]
        for job in as_completed(jobs):
            job.result()
    for path in paths.values():
        yield read_trial(path)


def read_trial(path: Path) -> Trial:
    """Read a trial that was kept."""
    base, remedied = json.loads(gzip.decompress(path.read_bytes()))
    return Trial(_read(base), {name: _read(fields) for name, fields in remedied.items()})


def _read(fields: dict[str, object]) -> Attempt:
    config, history, accuracy, gain, behind = fields.values()
    return Attempt(
        RunConfig.from_json(str(config)),
        History.from_json(str(history)),
        float(accuracy),  # type: ignore[arg-type]
        Gain(**gain),  # type: ignore[arg-type]
        Gain(**behind),  # type: ignore[arg-type]
    )


def _prepare() -> None:
    os.nice(1)
    import torch

    torch.set_num_threads(1)


def _train_into(seed: int, number: int, path: Path) -> None:
    write_trial(train_trial(drawn_settings.draw(seed, number)), path)


def write_trial(trial: Trial, path: Path) -> None:
    """Keep a trial; an interruption leaves no half of a file."""
    text = json.dumps([_write(trial.base), {k: _write(v) for k, v in trial.remedied.items()}])
    part = path.with_suffix(f".{os.getpid()}")
    part.write_bytes(gzip.compress(text.encode(), 5))
    part.replace(path)


def _write(attempt: Attempt) -> dict[str, object]:
    return {
        "config": attempt.config.to_json(),
        "history": attempt.history.to_json(),
        "accuracy": attempt.accuracy,
        "gain": asdict(attempt.gain),
        "behind": asdict(attempt.behind),
    }


@dataclass(frozen=True)
class _Result:
    """A trained run, with the figures of single validation images at its best epoch."""

    config: RunConfig
    history: History
    scores: ImageScores


def train_trial(config: RunConfig) -> Trial:
    """Train a run as it is and with each remedy that changes it and does not take too long."""
    base = _train(config)
    changed = {
        name: _train(other)
        for name, other in alternatives(config).items()
        if seconds_per_run(other) <= _MOST_SECONDS
    }
    best = max([base, *changed.values()], key=lambda result: result.scores.hits.mean())
    return Trial(
        _attempt(base, base, best),
        {name: _attempt(result, base, best) for name, result in changed.items()},
    )


def _attempt(result: _Result, base: _Result, best: _Result) -> Attempt:
    accuracy = float(result.scores.hits.mean())
    gain, behind = compare(result.scores, base.scores), compare(best.scores, result.scores)
    return Attempt(result.config, result.history, accuracy, gain, behind)


def _train(config: RunConfig) -> _Result:
    from mnistlab.core.data import mnist
    from mnistlab.core.training.loop import Trainer

    digits = _digits()
    trainer = Trainer(config, mnist.split(digits, digits, config), lambda event: None)
    trainer.run(should_stop=lambda: False)
    best = trainer.history.best_epoch
    scores = trainer.per_image.scores(best.epoch if best else 0, trainer.history.epochs_done)
    if scores is None:
        raise ValueError("A trial needs validation images, whose figures it compares.")
    return _Result(config, trainer.history, scores)


@functools.cache
def _digits() -> "Digits":
    from benchmarks.harness import images

    return images.load(train=True)
