"""What a run would have reached with one setting changed, predicted from thousands of runs.

The trees of `outlooks.npz` are fitted by `python -m benchmarks fit_causes`.
"""

import dataclasses
import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

import numpy as np

from mnistlab.core.analysis.diagnosis import features
from mnistlab.core.analysis.diagnosis.change_features import of_change
from mnistlab.core.analysis.diagnosis.convergence import Convergence
from mnistlab.core.analysis.diagnosis.forest import Forest
from mnistlab.core.arrays import Float64Array
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.history import History

FILE = "outlooks.npz"
"""Beside this module."""

_LOWEST, _HIGHEST = 0.02, 0.998
"""Accuracies between which their logits are predicted; beyond, they are chance alone."""


@dataclass(frozen=True)
class Outlook:
    """What is expected of a run with one setting changed.

    Attributes:
        accuracy: The expected validation accuracy, from 0 to 1.
        gain: How much more than the run's own.
        chance_to_help: How likely it is better at all, from 0 to 1.
        chance_to_matter: How likely it is better by two percentage points or more.
    """

    accuracy: float
    gain: float
    chance_to_help: float
    chance_to_matter: float


def predict_outlooks(
    config: RunConfig,
    history: History,
    convergence: Convergence,
    alternatives: Mapping[str, RunConfig],
) -> dict[str, Outlook]:
    """Return what is expected of each alternative.

    A run that was stopped is taken as one that was to end there.
    """
    done = max(1, history.epochs_done)
    lasted = [
        dataclasses.replace(each, epochs=max(1, round(each.epochs * done / config.epochs)))
        for each in (config, *alternatives.values())
    ]
    rows = make_rows(lasted[0], lasted[1:], history, convergence)
    own = features.accuracy_of(history)
    expected = from_logit(logit(own) + _forest("gain").predict(rows))
    helps, matters = (from_logit(_forest(name).predict(rows)) for name in ("helps", "matters"))
    return {
        name: Outlook(float(e), float(e) - own, float(h), float(m))
        for name, e, h, m in zip(alternatives, expected, helps, matters, strict=True)
    }


def make_rows(
    config: RunConfig,
    alternatives: list[RunConfig],
    history: History,
    convergence: Convergence,
) -> Float64Array:
    """Return what the trees are asked, one row for each alternative, (alternatives, features).

    Both settings, their difference, the curves, and what the change makes of these.
    """
    own, seen = features.of_config(config), features.of_run(history, convergence)
    others = [features.of_config(each) for each in alternatives]
    return np.array([_make_row(own, other, seen) for other in others])


def _make_row(own: list[float], other: list[float], seen: list[float]) -> list[float]:
    differences = [then - now for now, then in zip(own, other, strict=True)]
    return [*own, *other, *differences, *seen, *of_change(own, other, seen)]


def logit(accuracy: float) -> float:
    """Return the logarithm of the odds of an accuracy from 0 to 1."""
    held = min(max(accuracy, _LOWEST), _HIGHEST)
    return math.log(held / (1 - held))


def from_logit(logits: Float64Array) -> Float64Array:
    """Return the shares whose logits these are, of the same shape."""
    shares: Float64Array = 1 / (1 + np.exp(-logits))
    return shares


@functools.lru_cache(maxsize=4)
def _forest(name: str) -> Forest:
    source = resources.files(__package__).joinpath(FILE)
    with resources.as_file(source) as path, np.load(path) as file:
        names = [field.name for field in dataclasses.fields(Forest)]
        arrays = {field: file[f"{name} {field}"] for field in names}
    return Forest(**{k: v.item() if v.ndim == 0 else v for k, v in arrays.items()})
