"""Times, shares and layers as people read them."""

from datetime import datetime, timedelta

import pytest

from mnistlab.core.run import RunStatus
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.rate_change import RateChange
from mnistlab.ui.formatting import moment, network, place_in_line, probability, setting, state

NOON = datetime.now().astimezone().replace(hour=12, minute=5, second=0, microsecond=0)


def test_a_time_of_today_has_no_date() -> None:
    assert moment(NOON) == "12:05"


def test_a_time_of_another_day_has_its_date() -> None:
    long_ago = NOON.replace(year=2021, month=5, day=3)
    assert moment(long_ago) == "3 May 2021, 12:05"
    yesterday = NOON - timedelta(days=1)
    assert moment(yesterday).startswith(f"{yesterday.day} ")
    assert moment(yesterday).endswith(", 12:05")


@pytest.mark.parametrize(
    ("share", "text"), [(0.9734, "97.3%"), (0.99999, "> 99.9%"), (0.00001, "< 0.1%")]
)
def test_a_probability_is_never_quite_0_or_1(share: float, text: str) -> None:
    assert probability(share) == text


def test_layers_are_written_in_their_order() -> None:
    config = RunConfig(hidden_layers=2, units=(512, 256))
    assert network(config) == "784 → 512 → 256 → 10"
    assert setting("units", config.units) == "512 → 256"


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "None"),
        (1, "0.5 from step 1,000"),
        (5, "0.5 from step 1,000, 0.5 from step 1,001, 0.5 from step 1,002, 2 more"),
    ],
)
def test_of_many_rate_changes_the_first_are_written(count: int, text: str) -> None:
    changes = tuple(RateChange(1_000 + number, 0.5) for number in range(count))
    assert setting("rate_changes", changes) == text


def test_a_run_that_waits_is_queued() -> None:
    assert state(RunStatus.QUEUED, RunConfig()) == "Queued"
    assert place_in_line(1, 41.0) == "Next in line, about 40 s"
    assert place_in_line(3, None) == "No. 3 in line"
