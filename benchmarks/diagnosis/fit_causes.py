"""Fits the networks by which causes are suspected, to runs that were trained with each remedy.

    python -m benchmarks fit_causes --runs 260 131 --trials FOLDER

trains what the folder has not yet of the first 260 settings of seed 1 and the first 131 of seed 2,
and writes `mnistlab/core/analysis/diagnosis/outlooks.npz`. Of each trial, any two of its runs are
a case: what is known of the one, and what the other reached. `python -m benchmarks causes` judges
by other seeds.
"""

import argparse
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from benchmarks.diagnosis.trials import Trial, train_trials
from benchmarks.harness.arguments import positive
from mnistlab.core.analysis.diagnosis import ensemble, outlook
from mnistlab.core.analysis.diagnosis.convergence import find_convergence
from mnistlab.core.analysis.diagnosis.ensemble import Ensemble, Inputs
from mnistlab.core.analysis.diagnosis.features import accuracy_of
from mnistlab.core.arrays import Float32Array, Float64Array
from mnistlab.core.network.numpy_forward import Layer, Network
from mnistlab.core.settings.activations import ACTIVATIONS

_DRAWN_COUNT = 6.0
"""A case of a run as it was drawn counts as much as so many of runs with a remedy."""

_NETWORKS, _EPOCHS, _BATCH = 5, 20, 256
_HIDDEN = (128, 64)
_DROPOUT, _NOISE = 0.2, 0.2
_LEARNING_RATE, _WEIGHT_DECAY = 0.002, 0.03


@dataclass(frozen=True)
class Cases:
    """What was asked, and what was the case.

    Attributes:
        rows: As `outlook.make_rows` makes them, (cases, features).
        shifts: How much higher the logit of the other run's accuracy is, (cases,).
        weights: How much each case counts, (cases,).
    """

    rows: Float64Array
    shifts: Float32Array
    weights: Float32Array


def main(arguments: Sequence[str]) -> Mapping[str, float | int | str | None]:
    """Fit the networks, write them, and return how many cases they were fitted to."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks fit_causes [--json FILE]")
    runs_help = "how many of seed 1, of seed 2, and so on"
    parser.add_argument("--runs", type=positive, nargs="+", default=[260, 131], help=runs_help)
    parser.add_argument("--trials", type=Path, required=True, help="folder to keep them in")
    options = parser.parse_args(arguments)
    trials = [
        trial
        for seed, count in enumerate(options.runs, 1)
        for trial in train_trials(seed, range(count), options.trials)
    ]
    cases = make_cases(trials)
    ensemble.write(fit(cases), Path(outlook.__file__).with_name(outlook.FILE))
    return {"trials": len(trials), "cases": len(cases.shifts)}


def make_cases(trials: Sequence[Trial]) -> Cases:
    """Return a case for any two runs of a trial."""
    rows, shifts, weights = zip(*(case for trial in trials for case in _cases(trial)), strict=True)
    return Cases(np.array(rows), np.array(shifts, np.float32), np.array(weights, np.float32))


def _cases(trial: Trial) -> Iterator[tuple[Float64Array, float, float]]:
    attempts = [trial.base, *trial.remedied.values()]
    for one in attempts:
        others = [other for other in attempts if other is not one]
        convergence = find_convergence(one.config, one.history)
        configs = [other.config for other in others]
        rows = outlook.make_rows(one.config, configs, one.history, convergence)
        own, weight = accuracy_of(one.history), _DRAWN_COUNT if one is trial.base else 1.0
        for row, other in zip(rows, others, strict=True):
            yield row, outlook.logit(other.accuracy) - outlook.logit(own), weight


def fit(cases: Cases, networks: int = _NETWORKS) -> Ensemble:
    """Return networks that predict the shifts of such cases."""
    inputs = Inputs.of(cases.rows)
    values = torch.from_numpy(inputs.prepare(cases.rows))
    targets, weights = torch.from_numpy(cases.shifts), torch.from_numpy(cases.weights)
    fitted = [_fit_one(seed, values, targets, weights) for seed in range(networks)]
    return Ensemble(inputs, tuple(read_network(each) for each in fitted))


def _fit_one(seed: int, values: Tensor, targets: Tensor, weights: Tensor) -> nn.Sequential:
    torch.manual_seed(seed)
    model = _make_model(values.shape[1])
    optimizer = torch.optim.AdamW(model.parameters(), lr=_LEARNING_RATE, weight_decay=_WEIGHT_DECAY)
    batches = max(1, len(values) // _BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, _LEARNING_RATE, total_steps=_EPOCHS * batches
    )
    for _ in range(_EPOCHS):
        for batch in torch.randperm(len(values)).chunk(batches):
            # Noise on the inputs: trials are few, and all cases of one are alike.
            noisy = values[batch] + _NOISE * torch.randn_like(values[batch])
            losses = negative_log_likelihood(model(noisy), targets[batch])  # (batch,)
            optimizer.zero_grad()
            (weights[batch] * losses).mean().div(weights.mean()).backward()
            optimizer.step()
            schedule.step()
    return model


def _make_model(inputs: int) -> nn.Sequential:
    layers: list[nn.Module] = []
    for before, after in itertools.pairwise((inputs, *_HIDDEN)):
        activation = getattr(nn, ACTIVATIONS[ensemble.ACTIVATION].module)()
        layers += [nn.Linear(before, after), activation, nn.Dropout(_DROPOUT)]
    return nn.Sequential(*layers, nn.Linear(_HIDDEN[-1], 2))


def negative_log_likelihood(outputs: Tensor, targets: Tensor) -> Tensor:
    """Return how unlikely targets (batch,) are by outputs (batch, 2), up to a constant, (batch,).

    Outputs are the centre of a Student's t distribution and the logarithm of its scale.
    """
    centres, logs = outputs.unbind(1)
    logs = logs.clamp(ensemble.LOWEST_LOG_SCALE, ensemble.HIGHEST_LOG_SCALE)
    away = (targets - centres) * torch.exp(-logs)
    freedom = outlook.FREEDOM
    return logs + (freedom + 1) / 2 * torch.log1p(away.square() / freedom)


def read_network(model: nn.Sequential) -> Network:
    """Return the same network in numpy; what its dropout does ends with its training."""
    linear = [layer for layer in model if isinstance(layer, nn.Linear)]
    layers = (Layer(_array(each.weight), _array(each.bias)) for each in linear)
    return Network(tuple(layers), ACTIVATIONS[ensemble.ACTIVATION])


def _array(parameter: Tensor) -> Float32Array:
    array: Float32Array = parameter.detach().numpy()
    return array
