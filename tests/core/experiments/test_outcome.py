"""What came of a run, and which of two is better."""

import pytest

from mnistlab.core.experiments.experiment import Arm, key_of
from mnistlab.core.experiments.judging import PairResult, best, best_keys, find_bin, order
from mnistlab.core.experiments.outcome import Outcome, has_result
from mnistlab.core.run import RunStatus
from mnistlab.core.settings.config import RunConfig
from tests.factories import diverged, outcome

CONFIG = RunConfig(epochs=2)


def made(**accuracies: float) -> dict[str, Outcome]:
    return {label: outcome(label, CONFIG, share) for label, share in accuracies.items()}


class TestARun:
    def test_has_the_accuracy_of_its_best_epoch(self) -> None:
        run = outcome("a", CONFIG, 0.9, training=0.97)
        assert run.accuracy == 0.9
        assert run.last_accuracy == 0.9
        assert run.training_accuracy == 0.97
        # Wilson's 95 % interval of 4,500 of 5,000.
        assert run.interval.low == pytest.approx(0.8914, abs=1e-4)
        assert run.interval.high == pytest.approx(0.9080, abs=1e-4)

    @pytest.mark.parametrize(("accuracy", "guesses"), [(0.113, True), (0.19, True), (0.4, False)])
    def test_guesses_if_it_reads_hardly_more_than_chance(
        self, accuracy: float, guesses: bool
    ) -> None:
        assert outcome("a", CONFIG, accuracy).is_guessing is guesses

    def test_that_diverged_reads_nothing(self) -> None:
        run = diverged("a", CONFIG)
        assert run.accuracy == 0
        assert run.is_guessing
        assert run.training_loss == float("inf")


class TestARunHasAResult:
    @pytest.mark.parametrize("status", RunStatus)
    def test_when_it_finished_or_diverged(self, status: RunStatus) -> None:
        assert has_result(status) is (status in ("finished", "diverged"))


class TestTheBest:
    def test_is_ahead_where_intervals_are_apart(self) -> None:
        assert best_keys(made(low=0.9, high=0.95)) == {"high"}

    def test_are_all_that_overlap_with_the_first(self) -> None:
        # 93.0 %: 92.3 to 93.7; 94.0 %: 93.3 to 94.6; 91.0 %: 90.2 to 91.8.
        found = best(made(a=0.93, b=0.94, c=0.91))
        assert [each.label for each in found] == ["b", "a"]

    def test_is_none_that_diverged(self) -> None:
        runs = {"a": diverged("a", CONFIG), "b": outcome("b", CONFIG, 0.1)}
        assert best_keys(runs) == {"b"}
        assert best_keys({"a": diverged("a", CONFIG)}) == frozenset()


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [(0.95, 0.9, PairResult.BETTER), (0.9, 0.95, PairResult.WORSE), (0.93, 0.94, PairResult.LEVEL)],
)
def test_order_is_by_intervals(one: float, other: float, expected: PairResult) -> None:
    assert order(outcome("a", CONFIG, one), outcome("b", CONFIG, other)) is expected


def test_whoever_reads_is_better_than_who_diverged() -> None:
    assert order(outcome("a", CONFIG, 0.1), diverged("b", CONFIG)) is PairResult.BETTER
    assert order(diverged("a", CONFIG), diverged("b", CONFIG)) is PairResult.LEVEL


@pytest.mark.parametrize(
    ("value", "key"), [(0.0, "low"), (0.19, "low"), (0.2, "high"), (0.5, "high"), (0.9, "high")]
)
def test_a_bin_holds_its_start_and_not_its_end(value: float, key: str) -> None:
    assert find_bin(value, {"low": 0.2, "high": 0.5}) == {key}


@pytest.mark.parametrize(
    ("label", "key"), [("4,096", "4096"), ("SGD, rate 0.1", "sgd-rate-0.1"), ("GELU", "gelu")]
)
def test_a_key_is_a_label_that_a_link_can_carry(label: str, key: str) -> None:
    assert key_of(label) == Arm(label, CONFIG).key == key
