"""The curves as charts get them: few enough points, and the right ones."""

import math
import random
from typing import Any

import pytest

from mnistlab.core.analysis.diagnosis.change import Change
from mnistlab.core.analysis.diagnosis.overfitting import NotSeen, Onset, Unknown
from mnistlab.core.settings.rate_change import RateChange
from mnistlab.core.training.events import EpochPoint, StepPoint, ValidationErrors
from mnistlab.core.training.history import History, Measure
from mnistlab.ui.charts.curve_rows import (
    BEST,
    BEYOND,
    RATE_CHANGE,
    TIP,
    TRAINING,
    VALIDATION,
    WHILE_TRAINING,
    WHOLE,
    Detail,
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


def rows(
    history: History, kind: str, measure: Measure = Measure.LOSS, detail: Detail = WHOLE
) -> list[dict[str, Any]]:
    table = curve_data(history, measure, Unknown.EARLY, detail=detail)
    return [row for row in table.to_pylist() if row["kind"] == kind]


def test_a_run_without_points_has_the_ends_of_its_axis_alone() -> None:
    [ends] = curve_data(History(), Measure.LOSS, Unknown.EARLY).to_pylist()
    assert (ends["low"], ends["high"]) == (0.0, 2.5)
    [ends] = curve_data(History(), Measure.ACCURACY, Unknown.EARLY).to_pylist()
    assert (ends["low"], ends["high"]) == (0.0, 1.0)


def test_a_short_curve_is_whole() -> None:
    history = make_history(600)
    for measure, read in {Measure.LOSS: "train_loss", Measure.ACCURACY: "train_accuracy"}.items():
        shown = [row["value"] for row in rows(history, TRAINING, measure)]
        assert shown == [getattr(point, read) for point in history.steps]


@pytest.mark.parametrize("points", [601, 1_000, 6_000, 60_000])
def test_a_long_curve_keeps_its_ends_and_extremes(points: int) -> None:
    history = make_history(points)
    shown = rows(history, TRAINING)
    losses = [point.train_loss for point in history.steps]
    assert 150 < len(shown) <= 600
    assert shown[0]["epoch"] == history.steps[0].epoch
    assert shown[-1]["epoch"] == history.steps[-1].epoch
    kept = [row["value"] for row in shown]
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
    [best] = rows(history, BEST)
    assert best["value"] == min(point.validation_loss for point in history.epochs[1:])  # type: ignore[type-var]


def test_the_best_value_is_written_unless_it_would_cover_the_axis_s_numbers() -> None:
    for accuracy, text in ((0.95, "95.00%"), (0.81, "")):
        steps = [StepPoint(n, n / 10, 0.3, 0.9, 0.1, n) for n in range(1, 21)]
        epochs = [EpochPoint(e, 10 * e, 0.3, 0.9, 0.3, accuracy, 1.0) for e in (1, 2)]
        [best] = rows(History(steps, epochs), BEST, Measure.ACCURACY)
        assert best["text"] == text


class TestATooltip:
    def test_has_both_curves_and_how_far_chance_could_move_validation(self) -> None:
        errors = ValidationErrors(0.01, 0.005)
        steps = [StepPoint(5, 0.5, 0.7, 0.81, 0.1, 1.0), StepPoint(10, 1.0, 0.6, 0.82, 0.1, 2.0)]
        history = History(steps, [EpochPoint(1, 10, 0.6, 0.85, 0.5, 0.8, 1.0, errors)])
        first, second = (row["text"] for row in rows(history, TIP))
        assert first.splitlines() == ["Epoch 0.50", "0.700  training"]
        # 1.96 standard errors to either side.
        assert second.splitlines() == ["Epoch 1", "0.500 ± 0.0196  validation", "0.600  training"]
        *_, second = (row["text"] for row in rows(history, TIP, Measure.ACCURACY))
        assert second.splitlines()[1:] == ["80.00% ± 0.98%  validation", "82.00%  training"]

    def test_says_of_which_epoch_validation_is(self) -> None:
        history = make_history(15)
        last = rows(history, TIP)[-1]["text"].splitlines()
        assert last[0] == "Epoch 1.50"
        assert last[1].endswith("validation at epoch 1")

    @pytest.mark.parametrize("points", [10, 40, 41, 180, 400, 500, 3_000])
    def test_has_few_places_while_a_line_grows_and_they_stay(self, points: int) -> None:
        now, later = (
            [row["epoch"] for row in rows(make_history(count), TIP, detail=WHILE_TRAINING)]
            for count in (points, points + 10)
        )
        most = WHILE_TRAINING.tips
        assert min(points, most / 2) <= len(now) <= most + 1
        # When they would become too many, every second one is left out. The last place moves.
        stay = now[:-1] if later[: len(now) - 1] == now[:-1] else now[:-1:2]
        assert later[: len(stay)] == stay

    def test_is_at_the_end_of_a_line(self) -> None:
        history = make_history(1_000)
        assert rows(history, TIP)[-1]["epoch"] == history.steps[-1].epoch


class TestARateChange:
    CHANGES = tuple(RateChange(step, step / 1000) for step in (5, 12, 13, 14))

    def test_is_at_its_epoch_with_its_rate(self) -> None:
        history = make_history(20)
        history.rate_changes += self.CHANGES
        shown = [(row["epoch"], row["text"], row["row"]) for row in rows(history, RATE_CHANGE)]
        assert shown == [
            (0.5, "LR 0.005", 0),
            (1.2, "LR 0.012", 1),
            (1.3, "LR 0.013", 2),
            (1.4, "LR 0.014", 0),
        ]

    def test_is_in_the_tooltips_after_it(self) -> None:
        history = make_history(20)
        history.rate_changes += self.CHANGES
        tips = {row["epoch"]: row["text"].split("\n") for row in rows(history, TIP)}
        assert not any("learning rate" in line for line in tips[0.5])
        assert tips[0.6][-1] == "0.005  learning rate since epoch 0.50"
        assert tips[2.0][-1] == "0.014  learning rate since epoch 1.40"


class TestAnAxis:
    def test_follows_all_but_the_first_quarter(self) -> None:
        losses = [2.3, 1.0, 0.5, 0.09, 0.08, 0.07, 0.06, 0.05]
        steps = [StepPoint(n, n, x, 0.9, 0.1, n) for n, x in enumerate(losses, start=1)]
        ends = rows(History(steps), "ends")[0]
        assert (
            ends["high"] == 1.2
        )  # the second epoch's 1.0 is the first of the other three quarters

    def test_tells_what_is_above_it(self) -> None:
        steps = [StepPoint(n, n, x, 0.9, 0.1, n) for n, x in enumerate((8.7e8, 0.3, 0.2), start=1)]
        [beyond] = rows(History(steps), BEYOND)
        assert beyond["text"] == "↑ 8.7 × 10⁸"

    def test_has_every_value_if_that_is_wanted(self) -> None:
        steps = [StepPoint(n, n, x, 0.9, 0.1, n) for n, x in enumerate((8.7e8, 0.3, 0.2), start=1)]
        table = curve_data(History(steps), Measure.LOSS, Unknown.EARLY, whole=True).to_pylist()
        [ends] = [row for row in table if row["kind"] == "ends"]
        assert (ends["low"], ends["high"]) == (0.2, 8.7e8)
        assert BEYOND not in {row["kind"] for row in table}

    def test_is_finite_where_losses_are_not(self) -> None:
        steps = [StepPoint(1, 1, math.inf, 0.1, 0.1, 1), StepPoint(2, 2, math.nan, 0.1, 0.1, 2)]
        ends = rows(History(steps), "ends")[0]
        assert math.isfinite(ends["high"])


def test_where_overfitting_began_and_what_came_after_are_stretches_of_their_own() -> None:
    points, chance = make_history(300).epochs, Change(0.1, 0.01)
    found = Onset(points[12], 10, 15, points[30], chance, chance)
    table = curve_data(make_history(300), Measure.LOSS, found)
    stretches = [row for row in table.to_pylist() if row["until"] is not None]
    assert [(row["kind"], row["epoch"], row["until"]) for row in stretches] == [
        ("overfitting began", 10, 15),
        ("overfitting", 15, 30),
    ]
    # Nothing that is drawn as a curve.
    assert {row["value"] for row in stretches} == {None}


def test_a_run_that_does_not_overfit_has_no_such_stretch() -> None:
    history = make_history(300)
    not_seen = NotSeen(history.epochs[-2], history.epochs[-1], Change(0.1, 0.01))
    for finding in (not_seen, Unknown.EARLY):
        table = curve_data(history, Measure.LOSS, finding)
        assert set(table["until"].to_pylist()) == {None}


def test_epochs_without_validation_are_not_shown() -> None:
    history = History(make_history(20).steps, [EpochPoint(1, 10, 1, 0.5, None, None, 1)])
    assert rows(history, VALIDATION) == []
