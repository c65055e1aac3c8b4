"""`python -m benchmarks start`: a start, a first point, pages and memory."""

import dataclasses
import json
from collections.abc import Callable
from contextlib import nullcontext

import pytest

from benchmarks.harness.dashboard import Server
from benchmarks.server import page_switch
from benchmarks.server.start import Sizes, measure
from mnistlab.core.settings.presets import PRESETS

SECONDS = ("usable_s", "usable_worst_s", "first_point_s", "first_point_cold_s")
SIZES = Sizes(
    starts=1,
    rounds=1,
    first_run={"epochs": "1", "training_images": "1000"},
    run_in_view=dataclasses.replace(PRESETS["notebook"].config, training_images=640, epochs=1),
    seconds_between_clicks=0.0,
)


@pytest.mark.browser
def test_start_pages_and_memory_are_measured(
    server: Server, descendants: Callable[[], list[str]]
) -> None:
    results = json.loads(json.dumps(measure(SIZES, lambda: nullcontext(server))))

    assert all(results[name] > 0 for name in (*SECONDS, "page_switch_ms"))
    assert results["page_drawn_ms"] >= results["page_switch_ms"]
    assert results["page_switch_ms_of"].keys() == set(page_switch.NAMES)
    assert results["first_visit_ms_of"].keys() == set(page_switch.NAMES)
    assert results["server_has_torch"] == 0
    assert results["server_mb"] > 50
    difference = results["worker_mb"] - results["torch_mb"]
    assert results["worker_over_torch_mb"] == pytest.approx(difference)
    assert (results["starts"], results["rounds"]) == (1, 1)
    assert descendants() == []
