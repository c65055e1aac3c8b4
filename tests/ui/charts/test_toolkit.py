"""The charts' specs, which visitors share."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from mnistlab.core.training.history import Measure
from mnistlab.ui.charts import toolkit
from mnistlab.ui.charts.learning_curves import curve_spec


def test_a_class_that_comes_at_once_has_a_chart_built_once() -> None:
    together = threading.Barrier(8)

    def ask() -> int:
        together.wait()
        return id(curve_spec(Measure.LOSS, 123, whole=False))

    with ThreadPoolExecutor(8) as visitors:
        asked = [visitors.submit(ask) for _ in range(8)]
    assert len({each.result() for each in asked}) == 1


@pytest.mark.parametrize(
    ("end", "numbers"),
    [
        (1, [0, 1]),
        (2, [0, 1, 2]),
        (8, [0, 2, 4, 6, 8]),
        # 20 would leave no room for the unit of 21.
        (21, [0, 5, 10, 15, 21]),
        (12, [0, 2, 4, 6, 8, 12]),
        # 150 would touch the first digit of 200 epochs on a phone.
        (200, [0, 50, 100, 200]),
        (8_600, [0, 2_000, 4_000, 8_600]),
    ],
)
def test_an_axis_has_few_round_numbers_and_its_end(end: int, numbers: list[int]) -> None:
    assert toolkit.round_numbers(end, "epochs") == numbers
