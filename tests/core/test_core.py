"""What core may import, and what may be imported without waiting for torch."""

import subprocess
import sys
from pathlib import Path

import pytest

import mnistlab

LIGHT = [
    "analysis.attribution",
    "analysis.likeness",
    "analysis.metrics",
    "analysis.neighbours",
    "analysis.predictions",
    "data.archive",
    "data.idx",
    "drawing.mnist_image",
    "errors",
    "network.numpy_forward",
    "run",
    "settings.config",
    "settings.fields",
    "settings.kinds",
    "settings.presets",
    "settings.registry",
    "training.cost.point_interval",
    "training.cost.speed",
    "training.history",
]
PROJECT = Path(mnistlab.__file__).parents[1]
IMPORT_ALL_OF_CORE = """
import importlib, pkgutil, sys
import mnistlab.core
for module in pkgutil.walk_packages(mnistlab.core.__path__, "mnistlab.core."):
    importlib.import_module(module.name)
print(*sys.modules)
"""
IMPORT_ONE = "import importlib, sys; importlib.import_module(sys.argv[1]); print(*sys.modules)"


def modules_after(program: str, *arguments: str) -> set[str]:
    """Return the names of all modules that a fresh Python has imported at the end."""
    command = [sys.executable, "-W", "error", "-c", program, *arguments]
    answer = subprocess.run(command, cwd=PROJECT, check=True, capture_output=True, text=True)
    return set(answer.stdout.split())


def test_all_of_core_needs_no_page_no_cluster_and_no_database() -> None:
    modules = modules_after(IMPORT_ALL_OF_CORE)
    assert {"mnistlab.core.training.loop", "torch"} <= modules
    assert not {"streamlit", "distributed", "dask", "sqlalchemy"} & modules
    ours = {name for name in modules if name.split(".")[0] in ("mnistlab", "pages", "app")}
    assert all(name.startswith("mnistlab.core") for name in ours - {"mnistlab"})


@pytest.mark.parametrize("name", LIGHT)
def test_a_page_that_needs_no_torch_does_not_wait_for_it(name: str) -> None:
    modules = modules_after(IMPORT_ONE, f"mnistlab.core.{name}")
    assert f"mnistlab.core.{name}" in modules
    assert not {"torch", "torchvision"} & modules
