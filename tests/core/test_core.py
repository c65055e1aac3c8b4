"""What core may import, and what may be imported without waiting for torch."""

import subprocess
import sys
from pathlib import Path

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
IMPORT_EACH_ALONE = """
import importlib, os, sys, numpy  # which takes the longest, and is none of what is asked for
for name in sys.argv[1:]:
    if not os.fork():
        importlib.import_module(name)
        print(name, *{"torch", "torchvision"} & sys.modules.keys(), flush=True)
        os._exit(0)
    os.wait()
"""


def run_python(program: str, *arguments: str) -> str:
    """Return what a fresh Python prints."""
    command = [sys.executable, "-W", "error", "-c", program, *arguments]
    return subprocess.run(command, cwd=PROJECT, check=True, capture_output=True, text=True).stdout


def test_all_of_core_needs_no_page_no_cluster_and_no_database() -> None:
    modules = set(run_python(IMPORT_ALL_OF_CORE).split())
    assert {"mnistlab.core.training.loop", "torch"} <= modules
    assert not {"streamlit", "distributed", "dask", "sqlalchemy"} & modules
    ours = {name for name in modules if name.split(".")[0] in ("mnistlab", "pages", "app")}
    assert all(name.startswith("mnistlab.core") for name in ours - {"mnistlab"})


def test_pages_that_need_no_torch_do_not_wait_for_it() -> None:
    names = [f"mnistlab.core.{name}" for name in LIGHT]
    assert run_python(IMPORT_EACH_ALONE, *names).splitlines() == names
