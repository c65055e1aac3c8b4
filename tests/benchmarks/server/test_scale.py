"""`python -m benchmarks scale`: what counts as a bend, and what is written where."""

import dataclasses
from pathlib import Path

import pytest

from benchmarks.harness.curves import Curve, Point, round_off
from benchmarks.harness.dashboard import Server
from benchmarks.server import scale, viewers
from benchmarks.training.epochs import Stopwatch
from mnistlab.core.settings.config import RunConfig

PAGE = """# How cost grows

<!-- width -->
an older table
<!-- end of width -->

Why, in somebody's own words.

<!-- depth -->
an older table
<!-- end of depth -->
"""


def curve(*measured: float) -> Curve:
    """A curve with points at 1, 10, 100 …, for which theory expects 3 everywhere."""
    points = [Point(10**power, cost, 3.0) for power, cost in enumerate(measured)]
    return Curve("Units", "Seconds", points)


def test_a_growing_cost_bends_where_it_is_twice_the_lowest() -> None:
    assert curve(1, 1, 10).bend == pytest.approx(20.0)  # log y grows by 1 while log x does


def test_a_falling_cost_bends_as_well() -> None:
    assert curve(10, 1, 1).bend == pytest.approx(10 / 2)


def test_a_cost_that_stays_the_same_does_not_bend() -> None:
    assert curve(1, 1.5, 1.9).bend is None


def test_results_and_table_have_all_points() -> None:
    beside = dataclasses.replace(curve(1), points=[Point(2_000, 0.12345, None, {"cores": 1.5})])
    assert beside.results() == {"bend": None, "measured_2000": 0.12345, "expected_2000": None}
    assert beside.table().splitlines() == [
        "| Units | Seconds, measured | expected | cores |",
        "| ---: | ---: | ---: | ---: |",
        "| 2,000 | 0.123 | – | 1.50 |",
    ]


@pytest.mark.parametrize(
    ("number", "text"), [(2_345.0, "2,300"), (63.4, "63"), (4.14, "4.1"), (0.0456, "0.046")]
)
def test_a_bend_is_told_by_two_digits(number: float, text: str) -> None:
    assert round_off(number) == text


@pytest.mark.browser
def test_what_was_measured_is_written_into_its_place_and_nowhere_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(scale.CURVES, "width", lambda: curve(1, 1, 10))
    page = tmp_path / "scale.md"
    page.write_text(PAGE)

    results = scale.main(["--only", "width", "--page", str(page)])

    width, rest = page.read_text().split("<!-- end of width -->")
    assert rest == PAGE.split("<!-- end of width -->")[1]
    assert "an older table" not in width
    assert "Units: the curve bends at 20." in width
    assert "| 100 | 10.0 | 3.00 |" in width
    assert "(scale/width.svg)" in width
    assert "bends at 20</text>" in (tmp_path / "scale" / "width.svg").read_text()
    assert results["width"]["bend"] == pytest.approx(20.0)


def test_a_curve_that_it_does_not_know_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        scale.main(["--only", "width,height"])
    assert "not height" in capsys.readouterr().err


def test_more_training_takes_longer() -> None:
    small = RunConfig(units=(16,), training_images=640, validation_images=0)
    stopwatch = Stopwatch(at_least=0.0)
    seconds = [
        stopwatch.seconds_per_epoch(dataclasses.replace(small, training_images=images))
        for images in (640, 12_800)
    ]
    assert 0 < seconds[0] < seconds[1]
    assert stopwatch.expected_seconds_per_epoch(small) > 0


def test_a_run_is_watched_by_several(server: Server) -> None:
    run = RunConfig(training_images=2_000, validation_images=1_000, epochs=200)
    seen = viewers.watch(server, 3, run, duration=2.0)
    assert 0 < seen.p50_seconds <= seen.p95_seconds
    assert 0 < seen.looks_per_second < 3 / viewers.SECONDS_BETWEEN_LOOKS / 0.8
    assert seen.server_cores > 0
    assert seen.run_seconds_per_epoch > 0
