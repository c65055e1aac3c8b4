"""How often the loss that more epochs bring lies where it was forecast.

Networks of several kinds, none of which the forecast's rule was chosen on, train at a
constant rate. After each epoch whose verdict is "still improving", the loss forecast for
half as many epochs again (`mnistlab/core/analysis/diagnosis/convergence.py`) is compared with the
validation loss that the run then had.

`forecast_coverage` is the share of forecasts whose interval contained it, `too_low` and
`too_high` the shares of losses below and above. `median_error` is how far off the forecast
itself was and `median_width` how wide its interval, both as shares of the loss. Forecasts
of one run are not independent: `runs` counts more than `forecasts`.
"""

import argparse
import dataclasses
import functools
import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.harness import images
from mnistlab.core.analysis.diagnosis.convergence import Forecast, find_convergence
from mnistlab.core.data import mnist
from mnistlab.core.data.mnist import Digits
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.history import History
from mnistlab.core.training.loop import Trainer

_like = functools.partial(
    dataclasses.replace,
    RunConfig(
        hidden_layers=2,
        units=(128,),
        epochs=20,
        batch_size=64,
        training_images=8_000,
        dropout=0.0,
        weight_decay=0.0,
        schedule="constant",
    ),
)
_NETWORKS = (
    _like(optimizer="sgd", activation="gelu", training_images=5_000),
    _like(optimizer="sgd", momentum=0.9, hidden_layers=1, units=(64,)),
    _like(optimizer="adamw", weight_decay=0.01, dropout=0.3, batch_size=128),
    _like(optimizer="adam", activation="sigmoid", hidden_layers=1, units=(100,)),
    _like(optimizer="rmsprop", activation="tanh", training_images=15_000),
)
_FACTORS = (0.1, 0.3, 1.0)
_RATES = {"sgd": 0.05, "adam": 0.001, "adamw": 0.001, "rmsprop": 0.0005}


@dataclass(frozen=True)
class Trial:
    """A forecast, and the loss that came, in nats."""

    forecast: Forecast
    loss: float

    @property
    def is_covered(self) -> bool:
        """Whether the loss came to lie within the forecast's interval."""
        return self.forecast.low <= self.loss <= self.forecast.high

    @property
    def error(self) -> float:
        """How far off the forecast was, as a share of the loss."""
        return abs(math.log(self.loss / self.forecast.loss))

    @property
    def width(self) -> float:
        """How wide its interval was, as a share of the loss."""
        return math.log(self.forecast.high / self.forecast.low)


def main(arguments: Sequence[str]) -> Mapping[str, float | int | str | None]:
    """Train all networks and return the results by name."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks forecast [--json FILE]")
    parser.parse_args(arguments)
    training = images.load(train=True)
    runs = [list(_try(config, training)) for config in _configs()]
    trials = list(itertools.chain.from_iterable(runs))
    return {
        "runs": sum(bool(run) for run in runs),
        "forecasts": len(trials),
        "forecast_coverage": sum(trial.is_covered for trial in trials) / len(trials),
        "too_low": sum(trial.loss < trial.forecast.low for trial in trials) / len(trials),
        "too_high": sum(trial.loss > trial.forecast.high for trial in trials) / len(trials),
        "median_error": median(trial.error for trial in trials),
        "median_width": median(trial.width for trial in trials),
    }


def _configs() -> Iterator[RunConfig]:
    for seed, (config, factor) in enumerate(itertools.product(_NETWORKS, _FACTORS), start=100):
        momentum = 1 - config.momentum if config.optimizer == "sgd" else 1.0
        rate = factor * _RATES[config.optimizer] * momentum
        yield dataclasses.replace(config, learning_rate=float(f"{rate:.2g}"), seed=seed)


def _try(config: RunConfig, training: Digits) -> Iterator[Trial]:
    trainer = Trainer(config, mnist.split(training, training, config), lambda event: None)
    trainer.run(should_stop=lambda: False)
    return compare(config, trainer.history)


def compare(config: RunConfig, history: History) -> Iterator[Trial]:
    """Yield each forecast that the run would have been given, and what came."""
    losses = {point.epoch: point.validation_loss for point in history.epochs}
    for point in history.epochs:
        forecast = find_convergence(config, history.up_to(point.step)).forecast
        loss = losses.get(point.epoch + forecast.epochs) if forecast else None
        if forecast and loss:
            yield Trial(forecast, loss)
