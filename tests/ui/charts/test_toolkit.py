"""The charts' specs, which visitors share."""

import threading
from concurrent.futures import ThreadPoolExecutor

from mnistlab.ui.charts.learning_curves import loss_spec


def test_a_class_that_comes_at_once_has_a_chart_built_once() -> None:
    together = threading.Barrier(8)

    def ask() -> int:
        together.wait()
        return id(loss_spec(123, log=False))

    with ThreadPoolExecutor(8) as visitors:
        asked = [visitors.submit(ask) for _ in range(8)]
    assert len({each.result() for each in asked}) == 1
