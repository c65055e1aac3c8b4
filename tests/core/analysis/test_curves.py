"""Curves laid over each other, worked out by hand: 10 steps make an epoch."""

import math

import numpy as np
import pytest

from mnistlab.core.analysis.comparison import ComparedRun, Group
from mnistlab.core.analysis.curves import Axis, Curve, Split, curve, stretch_length, thin_out
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.events import EpochPoint, StepPoint
from mnistlab.core.training.history import History, Measure

CONFIG = RunConfig(training_images=100, batch_size=10)


def run(losses: list[float | None], seconds_per_step: float = 1.0) -> ComparedRun:
    """A run whose epochs, from 0 on, have these validation losses; two points an epoch."""
    steps = [
        StepPoint(n, n / 10, 1 / n, 1 - 1 / n, 0.001, n * seconds_per_step)
        for n in range(5, 10 * (len(losses) - 1) + 1, 5)
    ]
    epochs = [
        EpochPoint(e, 10 * e, None, None, loss, None if loss is None else 0.1 * e, 0.0)
        for e, loss in enumerate(losses)
    ]
    return ComparedRun(str(losses), "A run", CONFIG, History(steps, epochs))


def validation(axis: Axis, *runs: ComparedRun) -> Curve:
    return curve(Group(runs, ()), Split.VALIDATION, Measure.LOSS, axis)


class TestOneRun:
    def test_is_drawn_as_it_is(self) -> None:
        alone = validation(Axis.EPOCH, run([2.0, 1.0, 0.5]))
        assert alone.x.tolist() == [0, 1, 2]
        assert alone.mean.tolist() == alone.low.tolist() == alone.high.tolist() == [2.0, 1.0, 0.5]
        assert alone.runs.tolist() == [1, 1, 1]

    def test_has_training_points_between_epochs(self) -> None:
        group = Group((run([2.0, 1.0]),), ())
        training = curve(group, Split.TRAINING, Measure.ACCURACY, Axis.EPOCH)
        assert training.x.tolist() == [0.5, 1.0]
        assert training.mean.tolist() == [1 - 1 / 5, 1 - 1 / 10]

    def test_may_be_drawn_by_steps(self) -> None:
        assert validation(Axis.STEP, run([2.0, 1.0, 0.5])).x.tolist() == [0, 10, 20]

    def test_has_its_epochs_at_the_seconds_of_their_last_steps(self) -> None:
        in_time = validation(Axis.SECONDS, run([2.0, 1.0, 0.5], seconds_per_step=0.25))
        assert in_time.x.tolist() == [0, 2.5, 5]

    @pytest.mark.parametrize("axis", Axis)
    def test_without_points_has_no_curve(self, axis: Axis) -> None:
        assert len(validation(axis, run([None, None]))) == 0
        nothing = ComparedRun("x", "A run", CONFIG, History())
        assert len(validation(axis, nothing)) == 0


class TestSeveralSeeds:
    def test_have_a_mean_and_a_band(self) -> None:
        band = validation(Axis.EPOCH, run([2.0, 1.0]), run([2.2, 0.4]), run([2.4, 0.7]))
        assert band.mean == pytest.approx(np.array([2.2, 0.7]))
        assert band.low.tolist() == [2.0, 0.4]
        assert band.high.tolist() == [2.4, 1.0]
        assert band.runs.tolist() == [3, 3]

    def test_count_as_far_as_they_came(self) -> None:
        band = validation(Axis.EPOCH, run([2.0, 1.0, 0.5]), run([3.0, 2.0]))
        assert band.mean.tolist() == [2.5, 1.5, 0.5]
        assert band.runs.tolist() == [2, 2, 1]

    def test_are_without_those_that_have_not_begun(self) -> None:
        waiting = ComparedRun("x", "A run", CONFIG, History())
        assert validation(Axis.EPOCH, run([2.0, 1.0]), waiting).runs.tolist() == [1, 1]

    def test_take_their_mean_time(self) -> None:
        band = validation(Axis.SECONDS, run([2.0, 1.0], 1.0), run([2.0, 1.0], 3.0))
        assert band.x.tolist() == [0, 20]

    def test_never_go_back_in_time_when_a_slow_one_ends(self) -> None:
        band = validation(Axis.SECONDS, run([2.0, 1.0, 0.5, 0.4], 1.0), run([2.0, 1.0], 9.0))
        # The first epoch takes 10 and 90 seconds, the others 10 each.
        assert band.x.tolist() == [0, 50, 60, 70]

    def test_are_interpolated_where_their_points_differ(self) -> None:
        odd = History([StepPoint(4, 0.4, 1.0, 0.0, 0.001, 1), StepPoint(14, 1.4, 2.0, 0.0, 0.1, 2)])
        even = History([StepPoint(9, 0.9, 0.5, 0.0, 0.1, 3), StepPoint(19, 1.9, 0.5, 0.0, 0.1, 4)])
        runs = [ComparedRun(str(n), "A run", CONFIG, h) for n, h in enumerate((odd, even))]
        between = curve(Group(tuple(runs), ()), Split.TRAINING, Measure.LOSS, Axis.STEP)
        assert between.x.tolist() == [9, 19]
        assert between.mean.tolist() == [1.0, 0.5]  # 1.5 half way from 1 to 2, and 0.5


class TestThinningOut:
    def test_leaves_a_short_curve_as_it_is(self) -> None:
        short = validation(Axis.EPOCH, run([2.0, 1.0, 0.5]))
        assert list(thin_out(short, 3).mean) == [2.0, 1.0, 0.5]

    @pytest.mark.parametrize("count", [80, 201, 1_000, 30_000])
    @pytest.mark.parametrize("most", [75, 600])
    def test_keeps_ends_and_extremes(self, count: int, most: int) -> None:
        x = np.arange(count, dtype=float)
        noise = np.random.default_rng(0).random(count)
        whole = Curve(x, noise, noise - 1, noise + 1, np.ones(count, dtype=np.int64))
        thin = thin_out(whole, most)
        assert len(thin) <= max(most, 4)
        assert {x[0], x[-1], x[noise.argmin()], x[noise.argmax()]} <= set(thin.x)
        assert (np.diff(thin.x) > 0).all()
        assert thin.low == pytest.approx(thin.mean - 1)
        assert len(thin.runs) == len(thin.high) == len(thin)

    def test_has_stretches_that_are_powers_of_two(self) -> None:
        lengths = {stretch_length(points, 600) for points in range(601, 50_000, 97)}
        assert all(math.log2(length).is_integer() for length in lengths)
