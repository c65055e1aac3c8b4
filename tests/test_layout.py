"""Rules of the layout that no linter holds."""

import ast
import tomllib
from pathlib import Path

import pytest

from mnistlab.core.pictures.decoding import MAX_BYTES

PROJECT = Path(__file__).parents[1]
PAGES = sorted((PROJECT / "pages").glob("*.py"))
SOURCES = sorted((PROJECT / "mnistlab").rglob("*.py"))


def imported(path: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(path.read_text())))
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return names | {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_is_made_of_ui_alone(path: Path) -> None:
    assert all(name.startswith("mnistlab.ui") for name in imported(path))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_a_file_is_short_enough_to_read(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 250


def test_no_lock_file_wins_over_the_requirements() -> None:
    assert not [
        name for name in ("uv.lock", "Pipfile", "environment.yml") if (PROJECT / name).exists()
    ]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_nothing_is_unpickled(path: Path) -> None:
    """Dask pickles orders and results; of ours nothing does, and weights are safetensors."""
    assert not imported(path) & {"pickle", "cloudpickle", "dill", "joblib", "marshal", "shelve"}
    assert "torch.load" not in path.read_text().replace("safetensors.torch.load", "")


def test_the_server_takes_no_more_than_a_picture_may_have() -> None:
    server = tomllib.loads((PROJECT / ".streamlit" / "config.toml").read_text())["server"]
    assert server["maxUploadSize"] * 2**20 == MAX_BYTES
    assert server["maxUploadSize"] < server["maxMessageSize"] <= 20
