"""Numbers as people read them."""

import pytest

from mnistlab.core.metrics import Interval
from mnistlab.core.writing import listed, loss, percent, percent_interval


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "–"), (0.0594, "0.0594"), (0.3331, "0.333"), (2.3026, "2.30"), (float("inf"), "∞")],
)
def test_a_loss_has_three_digits_that_mean_something(value: float | None, text: str) -> None:
    assert loss(value) == text


def test_a_share_is_written_as_percent() -> None:
    assert percent(0.98472) == "98.47 %"
    assert percent(0.5, 0) == "50 %"
    assert percent(None) == "–"
    assert percent_interval(Interval(0.9821, 0.98694)) == "98.21 to 98.69 %"


@pytest.mark.parametrize(
    ("names", "text"),
    [(["0.1"], "0.1"), (["0.1", "1"], "0.1 and 1"), (["a", "b", "c"], "a, b and c")],
)
def test_names_are_listed(names: list[str], text: str) -> None:
    assert listed(names) == text
