"""The only list of pages, which navigation, warm-up, tests and benchmarks use.

A page is one file in `pages/` and one entry here.
"""

import importlib.util
from dataclasses import dataclass

import streamlit as st
from streamlit.navigation.page import StreamlitPage


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
        """Import the page's package, so that its first visitor does not wait for it."""
        if importlib.util.find_spec(f"mnistlab.ui.{self.name}"):
            importlib.import_module(f"mnistlab.ui.{self.name}.page")


TRAIN = PageSpec("train", "Train")
COMPARE = PageSpec("compare", "Compare")
EXPERIMENTS = PageSpec("experiments", "Experiments")
MISTAKES = PageSpec("mistakes", "Mistakes")
DRAW = PageSpec("draw", "Draw")
RATE = PageSpec("rate", "Learning rate")
PAGES = (TRAIN, COMPARE, EXPERIMENTS, MISTAKES, DRAW, RATE)


def make_pages() -> list[StreamlitPage]:
    """Return all pages for `st.navigation`, and the root, which opens the first."""
    # Streamlit's default page has no URL but the root, so /train would not exist.
    root = st.Page(_open_first, title="mnistlab", default=True, visibility="hidden")
    return [root, *(st.Page(spec.path, title=spec.title) for spec in PAGES)]


def _open_first() -> None:
    st.switch_page(PAGES[0].path, query_params=st.query_params.to_dict())
