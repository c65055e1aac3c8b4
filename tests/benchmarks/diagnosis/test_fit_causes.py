"""`python -m benchmarks fit_causes`: the cases it learns from, and what it learns."""

import dataclasses
import math

import numpy as np
import pytest
import torch
from scipy.stats import t

from benchmarks.diagnosis.fit_causes import Cases, fit, make_cases, negative_log_likelihood
from benchmarks.diagnosis.trials import Attempt, Trial
from mnistlab.core.analysis.paired import Gain
from tests.factories import curve, hidden, last, plain_config, probe

NONE = Gain(0, 0, 0, 0)
CONFIG = plain_config(training_images=2_000, validation_images=5_000)
HISTORY = curve([2.2, 2.1, 2.0], accuracies=(0.5, 0.5), probes=[probe(1, hidden(), last())])


def attempt(accuracy: float, epochs: int) -> Attempt:
    config = dataclasses.replace(CONFIG, epochs=epochs)
    return Attempt(config, HISTORY, accuracy, NONE, NONE)


def test_any_two_runs_of_a_trial_are_a_case() -> None:
    cases = make_cases([Trial(attempt(0.5, 3), {"one": attempt(0.9, 4), "other": attempt(0.1, 5)})])
    assert len(cases.rows) == 6
    expected = [math.log(9), -math.log(9), 0, -math.log(9), 0, math.log(9)]
    assert cases.shifts == pytest.approx(expected, abs=1e-5)
    assert list(cases.weights) == [6, 6, 1, 1, 1, 1]


def test_the_loss_is_the_likelihood_of_students_distribution() -> None:
    outputs = torch.tensor([[0.3, 0.0], [1.0, 1.0], [-2.0, -1.0]])
    targets = torch.tensor([0.3, 4.0, -1.5])
    centres, logs = outputs.numpy().T
    expected = -t.logpdf(targets.numpy(), df=3, loc=centres, scale=np.exp(logs))
    constant = t.logpdf(0, df=3)
    losses = negative_log_likelihood(outputs, targets)
    np.testing.assert_allclose(losses, expected + constant, rtol=1e-5)


def test_it_learns_a_number_and_how_sure_it_is() -> None:
    random = np.random.default_rng(0)
    rows = random.normal(size=(4_000, 3))
    noise = np.where(rows[:, 1] > 0, 1.0, 0.1) * random.normal(size=4_000)
    targets = (2 * rows[:, 0] + noise).astype(np.float32)
    ensemble = fit(Cases(rows, targets, np.ones(4_000, np.float32)), networks=1)
    asked = np.array([[1.0, -1.0, 0.0], [-1.0, -1.0, 0.0], [0.0, 1.0, 0.0], [0.0, -1.0, 0.0]])
    numbers, scales = ensemble.predict(asked)
    assert numbers[:2, 0] == pytest.approx([2, -2], abs=0.5)
    assert scales[2, 0] > 1.5 * scales[3, 0]
