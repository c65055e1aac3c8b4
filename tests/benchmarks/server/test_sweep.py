"""`python -m benchmarks sweep`: many small runs on an engine of its own."""

import dataclasses
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.server.sweep import CORES, Swept, sweep
from mnistlab.core.settings.config import RunConfig

SECONDS_TO_END = 20
SMALL = RunConfig(units=(32,), training_images=2_000, validation_images=500, epochs=2)


def test_the_share_is_of_all_cores() -> None:
    half = Swept(seconds=10.0, busy_seconds=5.0 * CORES, failed=0)
    assert half.busy_share == pytest.approx(0.5)


def test_all_runs_are_trained_and_nothing_is_left_behind(
    tmp_path: Path, descendants: Callable[[], list[str]]
) -> None:
    configs = [dataclasses.replace(SMALL, seed=seed) for seed in range(3)]
    swept = sweep(configs, tmp_path, seconds_of_quiet=0.2)
    assert swept.failed == 0
    assert 0 < swept.busy_share < 1.2
    end = time.monotonic() + SECONDS_TO_END
    while descendants():  # what workers were forked from ends a moment after the cluster
        assert time.monotonic() < end, descendants()
        time.sleep(0.1)
