"""`python -m benchmarks start`: a start, a first point, pages and memory."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.server import page_switch
from tests.benchmarks.test_command import call

SECONDS = {"usable_s", "usable_worst_s", "first_point_s", "first_point_cold_s"}


@pytest.mark.browser
def test_start_shows_and_writes_its_results(
    tmp_path: Path, descendants: Callable[[], list[str]]
) -> None:
    file = tmp_path / "start.json"

    result = call("start", "--starts", "1", "--rounds", "1", "--json", file)

    assert result.returncode == 0, result.stderr
    results = json.loads(file.read_text())
    assert all(results[name] > 0 for name in SECONDS | {"page_switch_ms"})
    assert results["page_drawn_ms"] >= results["page_switch_ms"]
    assert results["page_switch_ms_of"].keys() == set(page_switch.NAMES)
    assert results["first_visit_ms_of"].keys() == set(page_switch.NAMES)
    assert results["server_has_torch"] == 0
    assert results["server_mb"] > 50
    difference = results["worker_mb"] - results["torch_mb"]
    assert results["worker_over_torch_mb"] == pytest.approx(difference)
    assert (results["starts"], results["rounds"]) == (1, 1)
    assert descendants() == []
