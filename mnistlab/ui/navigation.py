"""The only list of pages, which navigation, warm-up, tests and benchmarks use.

A page is one file in `pages/` and one entry here.
"""

import importlib.util
from dataclasses import dataclass

import streamlit as st
from streamlit.navigation.page import StreamlitPage


@dataclass(frozen=True)
class PageSpec:
    """A page.

    Attributes:
        name: Of its file in `pages/`, which is also its URL.
        title: Its name in the navigation.
        is_in_reach: Whether a phone always shows its link; the others are one press further.
    """

    name: str
    title: str
    is_in_reach: bool = False

    @property
    def path(self) -> str:
        """The file's path from app.py."""
        return f"pages/{self.name}.py"

    def import_parts(self) -> None:
        """Import the page's package, so that its first visitor does not wait for it."""
        if importlib.util.find_spec(f"mnistlab.ui.{self.name}"):
            importlib.import_module(f"mnistlab.ui.{self.name}.page")


TRAIN = PageSpec("train", "Train", is_in_reach=True)
EXPERIMENTS = PageSpec("experiments", "Experiments", is_in_reach=True)
COMPARE = PageSpec("compare", "Compare")
MISTAKES = PageSpec("mistakes", "Mistakes", is_in_reach=True)
DRAW = PageSpec("draw", "Draw", is_in_reach=True)
RATE = PageSpec("rate", "Learning rate")
PAGES = (TRAIN, EXPERIMENTS, COMPARE, MISTAKES, DRAW, RATE)


def make_pages() -> list[StreamlitPage]:
    """Return all pages for `st.navigation`, and the root, which opens the first."""
    # Streamlit's default page has no URL but the root, so /train would not exist.
    root = st.Page(_open_first, title="mnistlab", default=True, visibility="hidden")
    return [root, *(st.Page(spec.path, title=spec.title) for spec in PAGES)]


def _open_first() -> None:
    st.switch_page(PAGES[0].path, query_params=st.query_params.to_dict())
