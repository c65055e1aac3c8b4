"""Settings drawn at random over the whole form, healthy ones and all kinds of others.

Each setting is drawn from its whole range with a probability that is itself drawn for each
run, and is otherwise one that works: so that some runs have no fault, some one, and some many.
"""

import functools
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from mnistlab.core.analysis.diagnosis.features import FITTED_CHOICES
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.registry import OPTIMIZERS
from mnistlab.core.training.cost.point_interval import seconds_per_run

_VALIDATION_IMAGES = 5_000
_MOST_SECONDS = 10.0
"""Of a run, by a rough estimate: settings that take longer are drawn anew."""

_Random: TypeAlias = np.random.Generator


def draw(seed: int, number: int) -> RunConfig:
    """Return the settings with this number among those of a seed.

    They depend on both alone, so that settings of different seeds never mix.
    """
    random = np.random.default_rng([seed, number])
    while True:
        config = _draw_once(random)
        if seconds_per_run(config) <= _MOST_SECONDS:
            return config


def _draw_once(random: _Random) -> RunConfig:
    wildness = random.uniform(0.1, 1.0)
    values: dict[str, Any] = {}
    for name, (wild, usual) in _DRAWS.items():
        values[name] = (wild if random.random() < wildness else usual)(random, values)
    return RunConfig(
        **values, validation_images=_VALIDATION_IMAGES, seed=int(random.integers(1_000_000))
    )


_Draw: TypeAlias = Callable[[_Random, dict[str, Any]], Any]


def _log(low: float, high: float, random: _Random, values: dict[str, Any]) -> float:
    return float(f"{np.exp(random.uniform(np.log(low), np.log(high))):.2g}")


def _whole(low: int, high: int, random: _Random, values: dict[str, Any]) -> int:
    return round(float(np.exp(random.uniform(np.log(low), np.log(high)))))


def _one_of(names: tuple[Any, ...], random: _Random, values: dict[str, Any]) -> Any:
    return names[random.integers(len(names))]


def _wild_rate(random: _Random, values: dict[str, Any]) -> float:
    return _log(*((1e-4, 10) if values["optimizer"] == "sgd" else (1e-5, 1)), random, values)


def _usual_rate(random: _Random, values: dict[str, Any]) -> float:
    return _log(*((0.03, 0.3) if values["optimizer"] == "sgd" else (5e-4, 3e-3)), random, values)


def _momentum(random: _Random, values: dict[str, Any]) -> float:
    takes = OPTIMIZERS[values["optimizer"]].takes_momentum
    return float(_one_of((0.0, 0.5, 0.9, 0.99), random, values)) if takes else 0.0


def _decay(random: _Random, values: dict[str, Any]) -> float:
    return 0.0 if random.random() < 0.4 else _log(1e-4, 3, random, values)


def _dropout(random: _Random, values: dict[str, Any]) -> float:
    return 0.0 if random.random() < 0.4 else round(random.uniform(0.05, 0.95), 2)


def _shuffled(random: _Random, values: dict[str, Any]) -> float:
    return 0.0 if random.random() < 0.4 else round(random.uniform(0.05, 1), 2)


def _depth(random: _Random, values: dict[str, Any]) -> int:
    return int(random.integers(9))


def _widths(random: _Random, values: dict[str, Any]) -> tuple[int, ...]:
    layers = values["hidden_layers"]
    count = layers if layers > 1 and random.random() < 0.3 else 1
    return tuple(_whole(1, 512, random, values) for _ in range(count))


def _one_width(random: _Random, values: dict[str, Any]) -> tuple[int, ...]:
    return (_one_of((64, 128, 256), random, values),)


def _always(value: Any) -> _Draw:
    return lambda random, values: value


def _of_fitted(name: str) -> _Draw:
    """Draw one of the choices that a network has an input for."""
    return functools.partial(_one_of, FITTED_CHOICES[name])


_DRAWS: dict[str, tuple[_Draw, _Draw]] = {
    "optimizer": (_of_fitted("optimizer"),) * 2,
    "learning_rate": (_wild_rate, _usual_rate),
    "momentum": (_momentum, _always(0.0)),
    "weight_decay": (_decay, _always(0.0)),
    "dropout": (_dropout, _always(0.0)),
    "shuffled_labels": (_shuffled, _always(0.0)),
    "hidden_layers": (_depth, functools.partial(_one_of, (1, 2, 3))),
    "units": (_widths, _one_width),
    "activation": (_of_fitted("activation"), _always("relu")),
    "initialisation": (_of_fitted("initialisation"), _always("default")),
    "schedule": (_of_fitted("schedule"),) * 2,
    "batch_size": (
        functools.partial(_whole, 8, 1024),
        functools.partial(_one_of, (32, 64, 100, 128)),
    ),
    "training_images": (
        functools.partial(_whole, 200, 30_000),
        functools.partial(_whole, 5_000, 20_000),
    ),
    "epochs": (functools.partial(_whole, 3, 20), functools.partial(_whole, 5, 12)),
}
"""How each is drawn from its whole range, and so that it works. In the order in which they are
drawn, since some depend on others."""
