"""Trees in numpy say what scikit-learn's own say."""

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingRegressor

from benchmarks.diagnosis.fit_causes import read_forest


@pytest.fixture(scope="module")
def rows() -> np.ndarray:
    """Return numbers of five features, some of them missing, (400, 5)."""
    random = np.random.default_rng(0)
    rows = random.normal(size=(400, 5))
    rows[random.random(rows.shape) < 0.2] = np.nan
    return rows


@pytest.fixture(scope="module")
def model(rows: np.ndarray) -> HistGradientBoostingRegressor:
    targets = np.nan_to_num(rows[:, 0]) ** 2 + (np.isnan(rows[:, 1]) * 3)
    return HistGradientBoostingRegressor(max_iter=20, min_samples_leaf=5).fit(rows, targets)


def test_a_forest_predicts_as_the_model_it_was_read_from(
    rows: np.ndarray, model: HistGradientBoostingRegressor
) -> None:
    np.testing.assert_allclose(read_forest(model).predict(rows), model.predict(rows), atol=1e-5)


def test_it_does_so_for_numbers_it_was_not_fitted_to(model: HistGradientBoostingRegressor) -> None:
    others = np.random.default_rng(1).normal(scale=9, size=(100, 5))
    others[::7, 2] = np.nan
    np.testing.assert_allclose(read_forest(model).predict(others), model.predict(others), atol=1e-5)
