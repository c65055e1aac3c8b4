"""Rules of the house that no linter holds."""

import ast
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
PAGES = sorted((PROJECT / "pages").glob("*.py"))
SOURCES = sorted((PROJECT / "mnistlab").rglob("*.py"))


def imported(path: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(path.read_text())))
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return names | {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_is_made_of_ui_alone(path: Path) -> None:
    assert imported(path) == {"mnistlab.ui"}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_a_file_fits_in_the_head(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 250


def test_no_lock_file_wins_over_the_requirements() -> None:
    assert not [
        name for name in ("uv.lock", "Pipfile", "environment.yml") if (PROJECT / name).exists()
    ]
