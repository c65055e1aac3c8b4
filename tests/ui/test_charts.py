"""The curves as charts get them: few enough points, and the right ones."""

import random

import pytest

from mnistlab.core.history import EpochPoint, History, StepPoint
from mnistlab.ui.charts import TRAINING, VALIDATION, curve_data


def make_history(points: int) -> History:
    """A curve that goes down noisily, ten points an epoch."""
    noise = random.Random(0)
    steps = [
        StepPoint(n, n / 10, 2 / (1 + n / 50) + noise.random(), noise.random(), 0.001, n / 7)
        for n in range(1, points + 1)
    ]
    losses = [noise.random() for _ in range(points // 10 + 1)]
    return History(steps, [EpochPoint(e, 10 * e, 1, 0.5, x, 0.5, 1) for e, x in enumerate(losses)])


def rows(history: History, split: str) -> list[dict[str, object]]:
    return [row for row in curve_data(history).to_pylist() if row["split"] == split]


def test_a_run_without_points_has_all_columns() -> None:
    table = curve_data(History())
    assert table.column_names == ["epoch", "split", "loss", "accuracy", "best"]
    assert table.num_rows == 0


def test_a_short_curve_is_whole() -> None:
    history = make_history(600)
    shown = rows(history, TRAINING)
    assert [row["loss"] for row in shown] == [point.train_loss for point in history.steps]
    assert [row["accuracy"] for row in shown] == [point.train_accuracy for point in history.steps]


@pytest.mark.parametrize("points", [601, 1_000, 6_000, 60_000])
def test_a_long_curve_keeps_its_ends_and_extremes(points: int) -> None:
    history = make_history(points)
    shown = rows(history, TRAINING)
    losses = [point.train_loss for point in history.steps]
    assert 150 < len(shown) <= 600
    assert shown[0]["epoch"] == history.steps[0].epoch
    assert shown[-1]["epoch"] == history.steps[-1].epoch
    kept = [row["loss"] for row in shown]
    assert {min(losses), max(losses)} < set(kept) <= set(losses)
    epochs = [row["epoch"] for row in shown]
    assert epochs == sorted(set(epochs))


def test_a_long_curve_stays_as_it_was_when_it_grows() -> None:
    before = rows(make_history(5_001), TRAINING)
    after = rows(make_history(5_100), TRAINING)
    # The last stretch is not full yet: at most its three points may change.
    assert after[: len(before) - 3] == before[:-3]
    assert len(after) > len(before)


def test_every_validated_epoch_is_shown_and_one_is_best() -> None:
    history = make_history(6_000)
    shown = rows(history, VALIDATION)
    assert [row["epoch"] for row in shown] == [point.epoch for point in history.epochs]
    [best] = [row for row in shown if row["best"]]
    assert best["loss"] == min(point.validation_loss for point in history.epochs[1:])  # type: ignore[type-var]


def test_epochs_without_validation_are_not_shown() -> None:
    history = History(make_history(20).steps, [EpochPoint(1, 10, 1, 0.5, None, None, 1)])
    assert rows(history, VALIDATION) == []
