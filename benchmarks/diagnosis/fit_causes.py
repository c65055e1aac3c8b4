"""Fits the trees by which causes are suspected, to runs that were trained with each remedy.

    python -m benchmarks fit_causes --runs 400 --seed 1 --trials FOLDER

trains what the folder has not yet, and writes `mnistlab/core/analysis/diagnosis/outlooks.npz`.
Of each trial, any two of its runs are a case: what is known of the one, and what the other
reached. The seed for choosing is 1; `python -m benchmarks causes` judges by others.
"""

import argparse
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

from benchmarks.diagnosis.trials import Attempt, Trial, train_trials
from benchmarks.harness.arguments import positive
from mnistlab.core.analysis.diagnosis import outlook
from mnistlab.core.analysis.diagnosis.convergence import find_convergence
from mnistlab.core.analysis.diagnosis.features import accuracy_of
from mnistlab.core.analysis.diagnosis.forest import Forest
from mnistlab.core.analysis.diagnosis.proof import MATTERS
from mnistlab.core.arrays import Float64Array

_SEED = 1
_HELPS = 0.004
"""Gain in accuracy that counts as help: 20 of 5,000 images, about what chance explains."""

_DRAWN_COUNT = 6.0
"""A case of a run as it was drawn counts as much as so many of runs with a remedy."""


@dataclass(frozen=True)
class Cases:
    """What was asked, and what was the case.

    Attributes:
        rows: As `outlook.make_rows` makes them, (cases, features).
        own: Accuracy of the run that is known, (cases,).
        reached: Accuracy of the other, (cases,).
        weights: How much each case counts, (cases,).
        trials: The number of its trial, (cases,).
    """

    rows: Float64Array
    own: Float64Array
    reached: Float64Array
    weights: Float64Array
    trials: NDArray[np.int64]

    def pick(self, chosen: NDArray[np.bool_]) -> "Cases":
        """Return some of the cases, (cases,)."""
        return Cases(*(getattr(self, field.name)[chosen] for field in fields(self)))


def main(arguments: Sequence[str]) -> Mapping[str, float | int | str | None]:
    """Fit the trees, write them, and return how many cases they were fitted to."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks fit_causes [--json FILE]")
    parser.add_argument("--runs", type=positive, default=400, help="drawn at random")
    parser.add_argument("--seed", type=int, default=_SEED, help="of the draws")
    parser.add_argument("--trials", type=Path, required=True, help="folder to keep them in")
    options = parser.parse_args(arguments)
    trials = list(train_trials(options.seed, range(options.runs), options.trials))
    cases = make_cases(trials)
    write(fit(cases), Path(outlook.__file__).with_name(outlook.FILE))
    return {"trials": len(trials), "cases": len(cases.own)}


def make_cases(trials: Sequence[Trial]) -> Cases:
    """Return a case for any two runs of a trial."""
    parts = [_case(number, *case) for number, trial in enumerate(trials) for case in _pairs(trial)]
    rows, own, reached, weights, numbers = zip(*parts, strict=True)
    return Cases(*map(np.array, (rows, own, reached, weights, numbers)))


def _pairs(trial: Trial) -> Iterator[tuple[Attempt, Attempt, float]]:
    attempts = [trial.base, *trial.remedied.values()]
    for one, other in itertools.permutations(attempts, 2):
        yield one, other, _DRAWN_COUNT if one is trial.base else 1.0


def _case(
    number: int, one: Attempt, other: Attempt, weight: float
) -> tuple[Float64Array, float, float, float, int]:
    convergence = find_convergence(one.config, one.history)
    [row] = outlook.make_rows(one.config, [other.config], one.history, convergence)
    return row, accuracy_of(one.history), other.accuracy, weight, number


def fit(cases: Cases) -> dict[str, Forest]:
    """Return the trees for the gain, and for whether it helps and matters."""
    logits = np.array([outlook.logit(each) for each in cases.reached])
    own = np.array([outlook.logit(each) for each in cases.own])
    gains = cases.reached - cases.own
    return {
        "gain": _regress(cases, logits - own),
        "helps": _classify(cases, gains > _HELPS),
        "matters": _classify(cases, gains > MATTERS),
    }


_SHARED = {
    "learning_rate": 0.06,
    "min_samples_leaf": 40,
    "l2_regularization": 1.0,
    "max_features": 0.3,
    "random_state": 0,
}


def _regress(cases: Cases, targets: Float64Array) -> Forest:
    model = HistGradientBoostingRegressor(max_iter=400, max_leaf_nodes=31, **_SHARED)
    return read_forest(model.fit(cases.rows, targets, sample_weight=cases.weights))


def _classify(cases: Cases, targets: NDArray[np.bool_]) -> Forest:
    model = HistGradientBoostingClassifier(max_iter=200, max_leaf_nodes=15, **_SHARED)
    return read_forest(model.fit(cases.rows, targets, sample_weight=cases.weights))


def read_forest(model: HistGradientBoostingRegressor | HistGradientBoostingClassifier) -> Forest:
    """Return the trees that scikit-learn fitted, which it keeps in private arrays."""
    trees = [predictor.nodes for [predictor] in model._predictors]
    sizes = np.array([len(nodes) for nodes in trees])
    roots = np.concatenate([[0], sizes.cumsum()[:-1]])
    nodes, first = np.concatenate(trees), np.repeat(roots, sizes)
    own, is_leaf = np.arange(len(nodes)), nodes["is_leaf"].astype(bool)
    return Forest(
        feature=nodes["feature_idx"].astype(np.int16),
        threshold=nodes["num_threshold"],
        left=np.where(is_leaf, own, first + nodes["left"]).astype(np.int32),
        right=np.where(is_leaf, own, first + nodes["right"]).astype(np.int32),
        missing_left=nodes["missing_go_to_left"].astype(bool),
        value=np.where(is_leaf, nodes["value"], 0.0).astype(np.float32),
        roots=roots.astype(np.int32),
        start=float(np.ravel(model._baseline_prediction)[0]),
        depth=int(nodes["depth"].max()),
    )


def write(forests: Mapping[str, Forest], path: Path) -> None:
    """Write trees as `outlook` reads them."""
    arrays = {
        f"{name} {field.name}": np.asarray(getattr(forest, field.name))
        for name, forest in forests.items()
        for field in fields(forest)
    }
    np.savez_compressed(path, allow_pickle=False, **arrays)
