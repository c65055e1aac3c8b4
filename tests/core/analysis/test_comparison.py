"""Which run is better, by what they differ, and how sure that is: worked out by hand."""

import dataclasses
from typing import Any

import pytest

from mnistlab.core.analysis.comparison import (
    ComparedRun,
    Group,
    count_tied,
    differing_settings,
    group_by_seed,
    rank,
    telling_settings,
)
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.events import EpochPoint, StepPoint
from mnistlab.core.training.history import History
from tests.factories import not_none

UNTRAINED = EpochPoint(0, 0, None, None, 2.3, 0.1, 0.0)


def run(
    accuracy: float | None = 0.9, loss: float = 0.5, seconds: float = 1.0, **settings: Any
) -> ComparedRun:
    """A run of one epoch of 10 steps; without an accuracy it was never validated."""
    config = RunConfig(**settings)
    steps = [StepPoint(10, 1.0, 0.4, 0.95, 0.001, seconds)]
    judged = None if accuracy is None else loss
    point = EpochPoint(1, 10, 0.4, 0.95, judged, accuracy, seconds)
    history = History(steps, [UNTRAINED, point])
    return ComparedRun(f"{config}{accuracy}{loss}", "A run", config, history)


def group(*runs: ComparedRun) -> Group:
    [only] = group_by_seed(runs)
    return only


class TestAGroup:
    def test_has_the_runs_that_differ_in_their_seed_alone(self) -> None:
        first, other, second = run(seed=1), run(seed=2, dropout=0.0), run(seed=3)
        groups = group_by_seed([first, other, second])
        assert [each.members for each in groups] == [(first, second), (other,)]

    def test_has_each_seed_once_the_run_that_came_further(self) -> None:
        short, whole = run(seed=1, loss=0.4), run(seed=1)
        short = dataclasses.replace(short, history=short.history.up_to(0))
        assert group(short, whole) == Group((whole,), (short,))
        assert group(whole, short) == Group((whole,), (short,))

    def test_has_mean_and_sample_deviation_of_its_best_epochs(self) -> None:
        runs = group(run(0.90, 0.5, seed=1), run(0.92, 0.3, seed=2), run(0.97, 0.4, seed=3))
        assert runs.accuracy is not None
        assert runs.loss is not None
        assert runs.accuracy.mean == pytest.approx(0.93)
        # Deviations −0.03, −0.01, 0.04: squares sum to 0.0026, over 2 is 0.0013.
        assert runs.accuracy.deviation == pytest.approx(0.0013**0.5)
        assert runs.loss.mean == pytest.approx(0.4)
        assert runs.loss.deviation == pytest.approx(0.1)

    def test_of_one_has_no_deviation(self) -> None:
        alone = group(run(0.9))
        assert alone.accuracy is not None
        assert (alone.accuracy.mean, alone.accuracy.deviation) == (0.9, None)

    def test_without_a_validated_epoch_has_no_accuracy(self) -> None:
        for runs in (group(run(None, validation_images=0)), group(_queued())):
            assert (runs.accuracy, runs.loss, runs.interval) == (None, None, None)

    def test_counts_only_members_that_were_judged(self) -> None:
        runs = group(run(0.9, seed=1), dataclasses.replace(run(seed=2), history=History()))
        assert runs.accuracy is not None
        assert (runs.accuracy.mean, runs.accuracy.deviation) == (0.9, None)

    def test_takes_accuracy_at_the_lowest_loss_not_the_highest_accuracy(self) -> None:
        contestant = run(0.9, 0.3)
        contestant.history.add(EpochPoint(2, 20, 0.3, 0.97, 0.4, 0.95, 1.0))
        accuracy = not_none(group(contestant).accuracy)
        assert accuracy.mean == 0.9

    def test_took_the_mean_time_of_its_runs(self) -> None:
        assert group(run(seconds=2.0, seed=1), run(seconds=5.0, seed=2)).seconds == 3.5


def _queued() -> ComparedRun:
    return dataclasses.replace(run(), history=History())


class TestSettings:
    def test_that_differ_are_in_the_forms_order(self) -> None:
        configs = [RunConfig(dropout=0.1, epochs=3), RunConfig(), RunConfig(dropout=0.2, seed=1)]
        assert differing_settings(configs) == ["epochs", "dropout", "seed"]

    def test_of_one_config_do_not_differ(self) -> None:
        assert differing_settings([RunConfig(), RunConfig()]) == []

    def test_that_tell_configs_apart_are_the_first_that_suffice(self) -> None:
        configs = [
            RunConfig(dropout=0.1, weight_decay=0.1),
            RunConfig(dropout=0.2, weight_decay=0.2),
        ]
        assert telling_settings(configs) == ["dropout"]
        configs.append(RunConfig(dropout=0.1, weight_decay=0.1, seed=3))
        assert telling_settings(configs) == ["dropout", "seed"]

    def test_can_not_tell_equal_configs_apart(self) -> None:
        assert telling_settings([RunConfig(), RunConfig()]) == []


class TestARanking:
    def test_goes_by_validation_accuracy(self) -> None:
        low, high = group(run(0.91, 0.1)), group(run(0.93, 0.9, dropout=0.0))
        assert [(s.rank, s.group) for s in rank([low, high])] == [(1, high), (2, low)]

    def test_gives_equals_the_same_rank_the_lower_loss_first(self) -> None:
        best = group(run(0.95))
        worse, better = group(run(0.9, 0.4, dropout=0.0)), group(run(0.9, 0.3, dropout=0.1))
        last = group(run(0.8, dropout=0.2))
        standings = rank([last, worse, better, best])
        assert [s.rank for s in standings] == [1, 2, 2, 4]
        assert [s.group for s in standings] == [best, better, worse, last]

    def test_puts_what_was_not_judged_last(self) -> None:
        blind, seeing = group(run(None, validation_images=0)), group(run(0.1))
        assert [(s.rank, s.group) for s in rank([blind, seeing])] == [(1, seeing), (None, blind)]

    def test_of_nothing_is_empty(self) -> None:
        assert rank([]) == []


class TestLevelWithTheFirst:
    @pytest.mark.parametrize(
        ("images", "accuracies", "level"),
        [
            # At 5,000 images and 98 % the interval is about ±0.39 percentage points.
            (5_000, (0.980, 0.975), 2),
            (5_000, (0.980, 0.970), 1),
            (5_000, (0.980, 0.976, 0.975, 0.9), 3),
            # At 500 images it is about ±1.3, so that the same numbers say less.
            (500, (0.980, 0.970), 2),
        ],
    )
    def test_are_those_whose_intervals_overlap(
        self, images: int, accuracies: tuple[float, ...], level: int
    ) -> None:
        groups = [
            group(run(accuracy, validation_images=images, batch_size=1 + place))
            for place, accuracy in enumerate(accuracies)
        ]
        assert count_tied(rank(groups)) == level

    def test_is_nobody_where_nobody_was_judged(self) -> None:
        assert count_tied(rank([group(run(None, validation_images=0))])) == 0

    def test_leaves_out_who_was_not_judged(self) -> None:
        groups = [group(run(0.9)), group(run(None, validation_images=0))]
        assert count_tied(rank(groups)) == 1
