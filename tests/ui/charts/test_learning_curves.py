"""The curves as charts get them: few enough points, and the right ones."""

import random
from typing import Any

import pytest

from mnistlab.core.analysis.diagnosis.change import Change
from mnistlab.core.analysis.diagnosis.overfitting import NotSeen, Onset, Unknown
from mnistlab.core.training.events import EpochPoint, StepPoint, ValidationErrors
from mnistlab.core.training.history import History, Measure
from mnistlab.ui.charts.learning_curves import (
    TRAINING,
    VALIDATION,
    WHILE_TRAINING,
    curve_data,
)


def make_history(points: int) -> History:
    """A curve that goes down noisily, ten points an epoch."""
    noise = random.Random(0)
    steps = [
        StepPoint(n, n / 10, 2 / (1 + n / 50) + noise.random(), noise.random(), 0.001, n / 7)
        for n in range(1, points + 1)
    ]
    losses = [noise.random() for _ in range(points // 10 + 1)]
    return History(steps, [EpochPoint(e, 10 * e, 1, 0.5, x, 0.5, 1) for e, x in enumerate(losses)])


def rows(history: History, split: str) -> list[dict[str, Any]]:
    return [row for row in curve_data(history, {}).to_pylist() if row["split"] == split]


def test_a_run_without_points_has_all_columns() -> None:
    table = curve_data(History(), {})
    assert table.column_names == [
        *("epoch", "split", "loss", "accuracy"),
        *("loss_margin", "accuracy_margin", "best", "until", "tooltip"),
    ]
    assert table.num_rows == 0


def test_validation_tells_how_far_chance_could_move_it() -> None:
    sure = EpochPoint(1, 10, 0.4, 0.85, 0.5, 0.8, 1.0, ValidationErrors(0.01, 0.005))
    old = EpochPoint(2, 20, 0.3, 0.87, 0.4, 0.82, 1.0)
    first, second = rows(History([], [sure, old]), VALIDATION)
    # 1.96 standard errors to either side.
    assert first["loss_margin"] == pytest.approx(0.0196, rel=1e-3)
    assert first["accuracy_margin"] == pytest.approx(0.0098, rel=1e-3)
    assert (second["loss_margin"], second["accuracy_margin"]) == (None, None)


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


def told(points: int, split: str) -> list[object]:
    data = curve_data(make_history(points), {}, WHILE_TRAINING).to_pylist()
    return [row["epoch"] for row in data if row["split"] == split and row["tooltip"]]


@pytest.mark.parametrize("points", [10, 40, 41, 180, 400, 500, 3_000])
def test_while_a_line_grows_few_of_its_points_are_told_and_they_stay(points: int) -> None:
    for split, most in ((TRAINING, points), (VALIDATION, points // 10 + 1)):
        now, later = told(points, split), told(points + 10, split)
        assert min(most, WHILE_TRAINING.tooltips / 2) <= len(now) <= WHILE_TRAINING.tooltips
        # When they would become too many, every second one is left out.
        stay = now if later[: len(now)] == now else now[::2]
        assert later[: len(stay)] == stay


@pytest.mark.parametrize("points", [600, 3_000])
def test_of_an_ended_run_all_points_are_told(points: int) -> None:
    assert all(row["tooltip"] for row in curve_data(make_history(points), {}).to_pylist())


def test_every_validated_epoch_is_shown_and_one_is_best() -> None:
    history = make_history(6_000)
    shown = rows(history, VALIDATION)
    assert [row["epoch"] for row in shown] == [point.epoch for point in history.epochs]
    [best] = [row for row in shown if row["best"]]
    assert best["loss"] == min(point.validation_loss for point in history.epochs[1:])  # type: ignore[type-var]


def test_where_overfitting_began_and_what_came_after_are_stretches_of_their_own() -> None:
    history = make_history(300)
    points, chance = history.epochs, Change(0.1, 0.01)
    found = Onset(points[12], 10, 15, points[30], chance, chance)
    table = curve_data(
        history, {Measure.ACCURACY: NotSeen(points[-2], points[-1], chance), Measure.LOSS: found}
    )
    stretches = [row for row in table.to_pylist() if row["until"] is not None]
    assert [(row["split"], row["epoch"], row["until"]) for row in stretches] == [
        ("overfitting began, by loss", 10, 15),
        ("overfitting, by loss", 15, 30),
    ]
    # Nothing that is drawn as a curve.
    assert {(row["loss"], row["accuracy"], row["best"]) for row in stretches} == {
        (None, None, None)
    }


def test_a_run_that_does_not_overfit_has_no_such_stretch() -> None:
    table = curve_data(make_history(300), {Measure.LOSS: Unknown.EARLY})
    assert set(table["until"].to_pylist()) == {None}


def test_epochs_without_validation_are_not_shown() -> None:
    history = History(make_history(20).steps, [EpochPoint(1, 10, 1, 0.5, None, None, 1)])
    assert rows(history, VALIDATION) == []
