"""`python -m benchmarks pictures` and `simulated`, with few pictures and a kept network."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from benchmarks import __main__ as benchmarks
from benchmarks.pictures import pictures
from benchmarks.pictures.pictures import Answer, summarize
from mnistlab.core.network.model import MLP, copy_weights, pack
from mnistlab.core.settings.presets import PRESETS


@pytest.fixture
def networks(tmp_path: Path) -> Path:
    """A folder with an untrained network."""
    folder = tmp_path / "networks"
    folder.mkdir()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        weights = copy_weights(MLP(PRESETS["handwriting"].config))
    (folder / "handwriting.safetensors").write_bytes(pack(weights))
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A bar, a blank picture, and a sheet of two bars."""
    (tmp_path / "sheets").mkdir()
    page = np.full((200, 200), 240, dtype=np.uint8)
    Image.fromarray(page).save(tmp_path / "photo-2.png")
    page[50:150, 95:105] = 20
    Image.fromarray(page).save(tmp_path / "photo-1.png")
    page[50:150, 40:50] = 20
    Image.fromarray(page).save(tmp_path / "sheets" / "sheet-0.png")
    (tmp_path / "labels.csv").write_text(
        "path,label,kind,background\nphoto-1.png,1,photo,plain\nphoto-2.png,3,photo,blank\n"
    )
    (tmp_path / "sheets" / "labels.csv").write_text("path,rows,note\nsheet-0.png,11,two bars\n")
    return tmp_path


def run(arguments: list[str], file: Path) -> dict[str, dict[str, float]]:
    assert benchmarks.main([*arguments, "--json", str(file)]) == 0
    results: dict[str, dict[str, float]] = json.loads(file.read_text())
    return results


def test_counts_by_kind_and_background(
    folder: Path, networks: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "_TIMED", 1)
    arguments = ["pictures", str(folder), "--networks", str(networks)]
    results = run(arguments, tmp_path / "results.json")
    assert results["all"]["pictures"] == results["photo"]["pictures"] == 2
    assert results["photo, blank"]["refused"] == 1
    assert results["sheets"]["digits"] == 2
    assert results["answer_ms"]


def test_simulates_the_faults_that_are_named(networks: Path, tmp_path: Path) -> None:
    arguments = ["simulated", "--pictures", "1", "--only", "plain", "--networks", str(networks)]
    assert run(arguments, tmp_path / "results.json")["plain"]["pictures"] == 1


def test_what_is_sure_and_wrong_counts() -> None:
    """By hand: of four, one right, two wrong, of which one is sure, and one refused."""
    answers = [Answer(3, 3, 0.99), Answer(4, 9, 0.95), Answer(7, 1, 0.6), Answer(5, None, 0.0)]
    assert summarize(answers) == {
        "pictures": 4,
        "right": 0.25,
        "wrong": 0.5,
        "refused": 0.25,
        "right_above_90": 0.25,
        "wrong_above_90": 0.25,
    }


@pytest.mark.parametrize(
    ("read", "found", "right"),
    [("123/45", 5, 5), ("12/45", 4, 4), ("173/45", 5, 4), ("1234/45", 5, 5)],
)
def test_sheets_are_compared_row_by_row(read: str, found: int, right: int) -> None:
    count = pictures.count_rows(read, "123/45")
    assert (count.found, count.read, count.there) == (found, right, 5)
