"""Networks in numpy say what torch's own say, and what is written is read again."""

from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.preprocessing import StandardScaler
from torch import nn

from benchmarks.diagnosis.fit_causes import read_network
from mnistlab.core.analysis.diagnosis.ensemble import Ensemble, Inputs, read, write


@pytest.fixture(scope="module")
def rows() -> np.ndarray:
    """Return numbers of five features, of which the second is missing now and then, (400, 5)."""
    random = np.random.default_rng(0)
    rows = random.normal(3, 2, size=(400, 5))
    rows[random.random(400) < 0.2, 1] = np.nan
    rows[:, 4] = 7.0
    return rows


@pytest.fixture(scope="module")
def models() -> list[nn.Sequential]:
    torch.manual_seed(0)
    return [nn.Sequential(nn.Linear(6, 8), nn.GELU(), nn.Linear(8, 2)) for _ in range(3)]


@pytest.fixture(scope="module")
def ensemble(rows: np.ndarray, models: list[nn.Sequential]) -> Ensemble:
    return Ensemble(Inputs.of(rows), tuple(map(read_network, models)))


def test_inputs_are_standardised_as_scikit_learn_does(rows: np.ndarray) -> None:
    expected = StandardScaler().fit_transform(rows).clip(-4, 4)  # leaves NaN as it is
    prepared = Inputs.of(rows).prepare(rows)
    np.testing.assert_allclose(prepared[:, :5], np.nan_to_num(expected), atol=1e-5)
    np.testing.assert_array_equal(prepared[:, 5], np.isnan(rows[:, 1]))


def test_inputs_of_features_that_are_always_missing_are_finite() -> None:
    rows = np.full((4, 2), np.nan)
    assert np.isfinite(Inputs.of(rows).prepare(rows)).all()


def test_it_predicts_as_the_networks_it_was_read_from(
    rows: np.ndarray, models: list[nn.Sequential], ensemble: Ensemble
) -> None:
    numbers, scales = ensemble.predict(rows)
    values = torch.from_numpy(ensemble.inputs.prepare(rows))
    for place, model in enumerate(models):
        number, log = model(values).detach().double().numpy().T
        np.testing.assert_allclose(numbers[:, place], number, atol=1e-5)
        np.testing.assert_allclose(scales[:, place], np.exp(log.clip(-4, 2)), rtol=1e-5)


def test_it_is_written_and_read_within_the_rounding_of_its_weights(
    rows: np.ndarray, ensemble: Ensemble, tmp_path: Path
) -> None:
    write(ensemble, tmp_path / "ensemble.npz")
    again = read(tmp_path / "ensemble.npz")
    for one, other in zip(again.predict(rows), ensemble.predict(rows), strict=True):
        np.testing.assert_allclose(one, other, atol=0.02)
