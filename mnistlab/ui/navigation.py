"""The one list of pages: navigation, warm-up, tests and benchmarks read it.

A page is one file in `pages/` and one entry here. Frame, links and error messages come
with the entry.
"""

import ast
from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

_PROJECT = Path(__file__).parents[2]


@dataclass(frozen=True)
class PageSpec:
    """A page: its file in `pages/`, which is also its URL, and its title."""

    name: str
    title: str

    @property
    def path(self) -> str:
        """The file's path from app.py."""
        return f"pages/{self.name}.py"

    def import_parts(self) -> None:
        """Import what the file imports, so that its first visitor need not wait for that."""
        tree = ast.parse((_PROJECT / self.path).read_text(encoding="utf-8"))
        imports = [line for line in tree.body if isinstance(line, ast.Import | ast.ImportFrom)]
        exec(compile(ast.Module([*imports], []), self.path, "exec"), {})


TRAIN = PageSpec("train", "Train")
COMPARE = PageSpec("compare", "Compare")
EXPERIMENTS = PageSpec("experiments", "Experiments")
MISTAKES = PageSpec("mistakes", "Mistakes")
DRAW = PageSpec("draw", "Draw")
RATE = PageSpec("rate", "Learning-rate finder")
PAGES = (TRAIN, COMPARE, EXPERIMENTS, MISTAKES, DRAW, RATE)


def make_pages() -> list[StreamlitPage]:
    """Return all pages for `st.navigation`, and the root, which opens the first."""
    # Streamlit's default page has no URL but the root, so that /train would not exist.
    root = st.Page(_open_first, title="mnistlab", default=True, visibility="hidden")
    return [root, *(st.Page(spec.path, title=spec.title) for spec in PAGES)]


def _open_first() -> None:
    st.switch_page(PAGES[0].path, query_params=st.query_params.to_dict())
