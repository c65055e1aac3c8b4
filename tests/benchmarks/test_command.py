"""`python -m benchmarks`, as it is called from a terminal."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]


def call(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", "-m", "benchmarks", *arguments]
    return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("arguments", [(), ("nonsense",), ("notebook",), ("--json", "x.json")])
def test_without_a_benchmarks_name_the_names_are_listed(arguments: tuple[str, ...]) -> None:
    result = call(*arguments)

    assert result.returncode == 2
    assert "python -m benchmarks NAME [--json FILE]" in result.stderr
    assert "  training    Seconds for an epoch" in result.stderr
    assert "  notebook" not in result.stderr, "a module without `main` is no benchmark"
    assert not (PROJECT / "x.json").exists()


@pytest.mark.parametrize("option", ["--images", "--fewer-images"])
def test_training_refuses_what_it_cannot_do(option: str) -> None:
    result = call("training", option, "60001")

    assert result.returncode == 2
    assert "60,000" in result.stderr


@pytest.mark.browser
def test_training_shows_and_writes_its_results(
    tmp_path: Path, descendants: Callable[[], list[str]]
) -> None:
    file = tmp_path / "results" / "training.json"
    sizes = ("--epochs", "1", "--repeats", "1", "--images", "640", "--fewer-images", "640")
    names = ("--contestants", "mnistlab", "mnistlab_watched", "--others", "1×128")

    result = call("training", *sizes, *names, "--json", file)

    assert result.returncode == 0, result.stderr
    assert not result.stderr
    results = json.loads(file.read_text())
    alone, watching = results["mnistlab"], results["mnistlab_watched"]
    assert min(alone, watching) > 0
    assert results["watched_ratio"] == pytest.approx(watching / alone)
    assert results["over_autograd"]["1×128"] > 0
    assert (results["repeats"], results["images"]) == (1, 640)
    assert "over_autograd 1×128" in result.stdout
    assert descendants() == []
