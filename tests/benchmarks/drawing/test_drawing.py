"""`python -m benchmarks drawing`, with a few strokes and networks that were kept."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from benchmarks import __main__ as benchmarks
from benchmarks.drawing.drawing import PENS, PLACEMENTS
from mnistlab.core.network.model import MLP, copy_weights, pack
from mnistlab.core.settings.presets import PRESETS


@pytest.fixture
def networks(tmp_path: Path) -> Path:
    """A folder with untrained networks, of which Quick start's always says 7."""
    folder = tmp_path / "networks"
    folder.mkdir()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        for name, preset in PRESETS.items():
            weights = copy_weights(MLP(preset.config))
            if name == "quick_start":
                weights["layers.6.bias"][7] = 100.0
            (folder / f"{name}.safetensors").write_bytes(pack(weights))
    return folder


@pytest.fixture
def strokes(tmp_path: Path) -> Path:
    """A seven in two strokes, twice, and a one."""
    seven = [[(0, 0), (60, 0), (20, 100)], [(10, 50), (50, 50)]]
    one = [[(5, 0), (0, 100)]]
    lines = [*seven, *seven, *one]
    np.savez(
        tmp_path / "strokes.npz",
        points=np.concatenate([np.array(line, np.float32) for line in lines]),
        stroke_start=np.cumsum([0, *map(len, lines)]),
        digit_start=np.array([0, 2, 4, 5]),
        labels=np.array([7, 7, 1], np.uint8),
        sites=np.array(["here", "there", "there"]),
    )
    return tmp_path / "strokes.npz"


@pytest.fixture(autouse=True)
def threads() -> Iterator[None]:
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


def test_reports_each_network_placement_and_pen(
    networks: Path, strokes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "results.json"
    arguments = ["drawing", str(strokes), "--networks", str(networks), "--json", str(file)]
    assert benchmarks.main(arguments) == 0
    results = json.loads(file.read_text())
    assert results["digits"] == 3
    for way in ("accuracy", "picture_accuracy", "resized_accuracy"):
        assert results[way].keys() == PRESETS.keys()
        for by_placement in results[way].values():
            assert by_placement.keys() == PLACEMENTS.keys()
            for by_pen in by_placement.values():
                assert by_pen.keys() == {str(pen) for pen in PENS}
    cells = results["accuracy"]["quick_start"]
    assert all(cells[place][pen] == 2 / 3 for place in cells for pen in cells[place])
    assert results["accuracy_by_site"]["quick_start"] == {"here": 1, "there": 0.5}
    # 1,028 of the test images are sevens.
    assert results["test_accuracy"]["quick_start"] == pytest.approx(0.1028)
    assert results["prediction_ms"] > 0
    assert "accuracy quick_start random 28" in capsys.readouterr().out
