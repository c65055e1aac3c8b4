"""`python -m benchmarks training`: those that are compared, and their ratios."""

import pytest

from benchmarks.training import contest
from benchmarks.training.contestants import CONTESTANTS
from benchmarks.training.training import ratios
from mnistlab.core.settings.config import RunConfig

SMALL = RunConfig(hidden_layers=1, units=(16,), dropout=0.0, optimizer="sgd", training_images=640)


@pytest.mark.parametrize("name", ["gemm", "jax", "notebook", "autograd", "sklearn"])
def test_an_epoch_is_trained(name: str) -> None:
    assert CONTESTANTS[name](SMALL)() > 0


def test_the_watched_run_is_compared_as_well_as_the_one_alone() -> None:
    names = ("gemm", "jax", "notebook", "autograd", "sklearn", "mnistlab", "mnistlab_watched")
    seconds = dict(zip(names, (1.0, 2.0, 3.0, 5.0, 8.0, 13.0, 21.0), strict=True))
    assert ratios(seconds) == {
        "over_jax": 21 / 2,
        "alone_over_jax": 13 / 2,
        "over_gemm": 13 / 1,
        "notebook_over_mnistlab": 3 / 13,
        "watched_ratio": 21 / 13,
    }


def test_all_train_in_turns_and_medians_count() -> None:
    turns = []

    def lap(name: str, seconds: list[float]) -> contest.Epoch:
        def train() -> float:
            turns.append(name)
            return seconds.pop()

        return train

    epochs = {"one": lap("one", [1.0, 9.0, 2.0]), "two": lap("two", [4.0, 5.0, 3.0])}
    assert contest.compete(epochs, repeats=3) == {"one": 2.0, "two": 4.0}
    assert turns == ["one", "two"] * 3
