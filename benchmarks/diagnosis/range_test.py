"""How far the range test's checked rate stays behind the best of a grid of ten.

Five networks of different kinds are each trained at ten rates, from 0.0001 to 3.2, each
about three times the one before. Then a range test suggests a rate, three short runs check
it, and the network is trained at the rate that comes out.

`range_test_regret` is the worst over the networks of what that costs: the best validation
accuracy of the grid less that of the checked rate, in percentage points; the best of ten
is flattered by chance, so that it may be above zero for a rate just as good.
`regret_before_check` is the same for the rate that was suggested. Behind them, by network,
regret and rate.
"""

import argparse
import dataclasses
import functools
import multiprocessing
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import torch

from mnistlab.core.analysis.comparison import ComparedRun
from mnistlab.core.analysis.range_test.check import check_configs, judge, trained_config
from mnistlab.core.analysis.range_test.suggestion import (
    Suggestion,
    range_config,
    read_curve,
    suggest,
)
from mnistlab.core.data import archive, mnist
from mnistlab.core.data.mnist import Digits, Splits
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.loop import Trainer

GRID = tuple(float(f"{10 ** (half / 2 - 4):.2g}") for half in range(10))

_like = functools.partial(
    dataclasses.replace,
    RunConfig(
        optimizer="sgd",
        batch_size=64,
        epochs=12,
        training_images=10_000,
        dropout=0.0,
        weight_decay=0.0,
        schedule="constant",
    ),
)
NETWORKS = {
    "notebook": _like(),
    "tanh_momentum": _like(
        hidden_layers=3, units=(256,), activation="tanh", momentum=0.9, schedule="cosine"
    ),
    "sigmoid_rmsprop": _like(
        hidden_layers=4,
        units=(256,),
        activation="sigmoid",
        optimizer="rmsprop",
        schedule="one_cycle",
    ),
    "adam": _like(hidden_layers=1, units=(128,), optimizer="adam"),
    "no_hidden_layer": _like(hidden_layers=0),
}
OTHERS = {
    "he": _like(hidden_layers=4, units=(256,), initialisation="he", schedule="cosine"),
    "momentum": _like(units=(128,), momentum=0.9),
    "big_batches": _like(units=(128,), batch_size=512, optimizer="adam", schedule="one_cycle"),
    "few_images": _like(
        hidden_layers=1, units=(256,), training_images=1_000, batch_size=32, optimizer="adam"
    ),
    "shallow_sigmoid": _like(hidden_layers=1, units=(100,), activation="sigmoid"),
    "dropout": _like(units=(256,), dropout=0.5, momentum=0.9, schedule="one_cycle"),
    "rmsprop_momentum": _like(units=(64,), optimizer="rmsprop", momentum=0.9, schedule="cosine"),
    "gelu_weight_decay": _like(
        units=(128,), activation="gelu", optimizer="adamw", weight_decay=0.01, schedule="one_cycle"
    ),
    "deep_tanh": _like(hidden_layers=5, units=(64,), activation="tanh", optimizer="adam"),
    "small_batches": _like(hidden_layers=1, units=(64,), batch_size=16, momentum=0.9, epochs=6),
    "rmsprop": _like(units=(128,), optimizer="rmsprop"),
    "wide": _like(hidden_layers=1, units=(1024,), momentum=0.9, schedule="cosine"),
    "quick_start": _like(
        optimizer="adamw",
        schedule="one_cycle",
        dropout=0.3,
        weight_decay=0.01,
        batch_size=128,
        epochs=8,
        training_images=20_000,
    ),
    "sgd_short": _like(epochs=5, training_images=20_000),
    "sigmoid_adam": _like(
        units=(100,), activation="sigmoid", optimizer="adam", training_images=5_000
    ),
}
"""Less tuned on than those above: of the first seven the curves of most were looked at before
the rule was settled; the eight from `gelu_weight_decay` on came after it, and only decided,
with all others, how long the checks are. See CONTRIBUTING."""


@dataclass(frozen=True)
class Trial:
    """What a network came to, as shares of the validation images.

    Attributes:
        best: At the best rate of the grid.
        suggested: At the suggested rate.
        checked: At the rate that the checks chose.
        rate: That rate.
    """

    best: float
    suggested: float
    checked: float
    rate: float

    @property
    def regret(self) -> float:
        """What the checked rate costs, in percentage points."""
        return 100 * (self.best - self.checked)

    @property
    def regret_before_check(self) -> float:
        """What the suggested rate costs, in percentage points."""
        return 100 * (self.best - self.suggested)


def main(arguments: Sequence[str]) -> Mapping[str, float | int | str | None]:
    """Try all networks and return the results by name."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks range_test [--json FILE]")
    parser.add_argument("--others", action="store_true", help="other networks instead")
    networks = OTHERS if parser.parse_args(arguments).others else NETWORKS
    with tempfile.TemporaryDirectory(prefix="mnistlab-") as folder:
        trials = _try_all(networks, archive.unpack(Path(folder)))
    return {
        "networks": len(trials),
        "range_test_regret": max(trial.regret for trial in trials.values()),
        "regret_before_check": max(trial.regret_before_check for trial in trials.values()),
        **{f"{name}_regret": trial.regret for name, trial in trials.items()},
        **{f"{name}_rate": f"{trial.rate:g}" for name, trial in trials.items()},
    }


def _try_all(networks: Mapping[str, RunConfig], cache: Path) -> dict[str, Trial]:
    """Try the networks, one in each core: so small, they train no faster in several."""
    alone = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(
        mp_context=alone, initializer=torch.set_num_threads, initargs=(1,)
    ) as pool:
        trials = pool.map(functools.partial(_try, cache), networks.values())
        return dict(zip(networks, trials, strict=True))


def _try(cache: Path, config: RunConfig) -> Trial:
    train = functools.cache(functools.partial(_train, cache))

    def accuracy(rate: float) -> float:
        return _accuracy(train(trained_config(config, rate)))

    suggestion = _suggest(cache, config)
    checks = [train(check) for check in check_configs(config, suggestion.rate)]
    verdict = judge([check for check in checks if check is not None])
    assert verdict is not None
    best = max(map(accuracy, GRID))
    return Trial(best, accuracy(suggestion.rate), accuracy(verdict.rate), verdict.rate)


def _suggest(cache: Path, config: RunConfig) -> Suggestion:
    test = range_config(config)
    trainer = Trainer(test, _split(cache, test), lambda event: None)
    trainer.run(should_stop=lambda: False)
    curve = read_curve(trainer.history)
    assert curve is not None
    suggestion = suggest(curve, is_complete=trainer.history.divergence is None)
    assert isinstance(suggestion, Suggestion)
    return suggestion


def _train(cache: Path, config: RunConfig) -> ComparedRun | None:
    """Train a run; return it, or None if it diverged."""
    trainer = Trainer(config, _split(cache, config), lambda event: None)
    trainer.run(should_stop=lambda: False)
    if trainer.history.divergence is not None:
        return None
    rate = f"{config.learning_rate:g}"
    return ComparedRun(rate, rate, config, trainer.history)


def _split(cache: Path, config: RunConfig) -> Splits:
    return mnist.split(*_images(cache), config)


@functools.cache
def _images(cache: Path) -> tuple[Digits, Digits]:
    return mnist.load(cache, train=True), mnist.load(cache, train=False)


def _accuracy(run: ComparedRun | None) -> float:
    """Return the validation accuracy of a run's best epoch; 0 if it diverged."""
    best = run.history.best_epoch if run is not None else None
    return (best.validation_accuracy or 0.0) if best is not None else 0.0
