"""`python -m benchmarks range_test`: what counts as regret."""

import pytest

from benchmarks.diagnosis import range_test
from benchmarks.diagnosis.range_test import GRID, Trial
from mnistlab.core.settings.config import RunConfig

SMALL = RunConfig(
    hidden_layers=1,
    units=(32,),
    optimizer="adam",
    schedule="constant",
    dropout=0.0,
    batch_size=50,
    epochs=1,
    training_images=1_000,
    validation_images=500,
)


def test_regret_is_what_the_rate_costs_in_percentage_points() -> None:
    trial = Trial(best=0.95, suggested=0.93, checked=0.948, rate=0.1)
    assert trial.regret == pytest.approx(0.2)
    assert trial.regret_before_check == pytest.approx(2.0)


def test_the_grid_has_ten_rates_each_about_three_times_the_one_before() -> None:
    assert GRID == (0.0001, 0.00032, 0.001, 0.0032, 0.01, 0.032, 0.1, 0.32, 1.0, 3.2)


def test_the_worst_network_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    networks = {"one": SMALL, "two": RunConfig(**{**vars(SMALL), "seed": 1})}
    monkeypatch.setattr(range_test, "NETWORKS", networks)
    results = range_test.main([])
    assert results["networks"] == 2
    regrets = [results["one_regret"], results["two_regret"]]
    assert results["range_test_regret"] == max(regrets)  # type: ignore[type-var]
    assert all(-5 < regret < 5 for regret in regrets if isinstance(regret, float))
    assert 0.0003 < float(str(results["one_rate"])) < 0.1


def test_what_it_does_not_know_is_refused() -> None:
    with pytest.raises(SystemExit):
        range_test.main(["--nonsense"])
