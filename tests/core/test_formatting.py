"""Numbers as people read them."""

import pytest

from mnistlab.core.analysis.metrics import Interval
from mnistlab.core.formatting import listed, loss, percent, percent_interval, with_margin


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


@pytest.mark.parametrize(
    ("value", "margin", "text"),
    [
        (0.12551, 0.0277, "0.126 ± 0.028"),
        (1.284, 0.78, "1.28 ± 0.78"),
        (0.21, 1.24, "0.2 ± 1.2"),
        (14.2, 23.0, "14 ± 23"),
        (0.5, 0.0, "0.5 ± 0.0"),
    ],
)
def test_a_value_is_as_exact_as_its_margin(value: float, margin: float, text: str) -> None:
    assert with_margin(value, margin) == text
