"""What a run would have reached with one setting changed, predicted from thousands of runs.

The networks of `outlooks.npz` are fitted by `python -m benchmarks fit_causes`.
"""

import dataclasses
import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import resources

import numpy as np

from mnistlab.core.analysis.diagnosis import ensemble, features
from mnistlab.core.analysis.diagnosis.change_features import of_change
from mnistlab.core.analysis.diagnosis.convergence import Convergence
from mnistlab.core.arrays import Float64Array
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.history import History

FILE = "outlooks.npz"
"""Beside this module."""

FREEDOM = 3
"""Degrees of freedom of Student's t distribution, by which predictions miss: now and then far."""

_LOWEST, _HIGHEST = 0.02, 0.998
"""Accuracies between which their logits are predicted; beyond, they are chance alone."""

_QUANTILES = (np.arange(10) + 0.5) / 10


@dataclass(frozen=True)
class Outlook:
    """What is expected of a run with one setting changed: a distribution of its accuracy.

    Each network of the ensemble predicts how much higher the logit of the accuracy is, by a
    Student's t distribution; together they are a mixture.

    Attributes:
        own: What the run itself reached, validation accuracy from 0 to 1.
        shifts: Each network's prediction, the centre of its distribution.
        scales: The scale of its distribution.
    """

    own: float
    shifts: tuple[float, ...]
    scales: tuple[float, ...]

    @cached_property
    def accuracy(self) -> float:
        """The expected accuracy, from 0 to 1."""
        from scipy.special import stdtrit  # imported with the first run that is in trouble

        away = np.outer(self.scales, stdtrit(FREEDOM, _QUANTILES))  # (networks, quantiles)
        logits = logit(self.own) + np.array(self.shifts)[:, None] + away
        return float((1 / (1 + np.exp(-logits))).mean())

    @property
    def gain(self) -> float:
        """How much higher than the run's own the expected accuracy is, from -1 to 1."""
        return self.accuracy - self.own

    def chance_to_gain(self, gain: float) -> float:
        """Return how likely its accuracy is higher by more than this, from 0 to 1."""
        from scipy.special import stdtr

        if self.own + gain >= _HIGHEST:
            return 0.0
        away = logit(self.own + gain) - logit(self.own) - np.array(self.shifts)
        return float(stdtr(FREEDOM, -away / np.array(self.scales)).mean())


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
    return {
        name: Outlook(own, tuple(shifts.tolist()), tuple(scales.tolist()))
        for name, shifts, scales in zip(alternatives, *_ensemble().predict(rows), strict=True)
    }


def make_rows(
    config: RunConfig,
    alternatives: list[RunConfig],
    history: History,
    convergence: Convergence,
) -> Float64Array:
    """Return what the networks are asked, one row for each alternative, (alternatives, features).

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


@functools.cache
def _ensemble() -> ensemble.Ensemble:
    source = resources.files(__package__).joinpath(FILE)
    with resources.as_file(source) as path:
        return ensemble.read(path)
