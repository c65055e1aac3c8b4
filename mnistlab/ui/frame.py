"""What all pages share: the list of pages, the logo, and notices."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage
from streamlit.runtime.pages_manager import PagesManager

from mnistlab.ui import session
from mnistlab.ui.kindness import kindly, show_action_errors
from mnistlab.ui.services import get_services
from mnistlab.ui.wording import plain

_ASSETS = Path(__file__).parent / "assets"


@dataclass(frozen=True)
class PageSpec:
    """A page: its file in `pages/`, which is also its URL, and its title."""

    name: str
    title: str

    @property
    def path(self) -> str:
        """The file's path from app.py."""
        return f"pages/{self.name}.py"


TRAIN = PageSpec("train", "Train")
MISTAKES = PageSpec("mistakes", "Mistakes")
DRAW = PageSpec("draw", "Draw")
PAGES = (TRAIN, MISTAKES, DRAW)


def pages() -> list[StreamlitPage]:
    """Return all pages for `st.navigation`, and the root, which opens the first."""
    # Streamlit's default page has no URL but the root, so that /train would not exist.
    root = st.Page(_open_first, title="mnistlab", default=True, visibility="hidden")
    return [root, *(st.Page(spec.path, title=spec.title) for spec in PAGES)]


@kindly
def begin() -> None:
    """Show what stands above every page."""
    session.sync()
    st.logo(_ASSETS / "logo.svg", size="medium")
    st.html(_ASSETS / "style.css")
    with st.container(horizontal=True, key="small_screen_pages"):
        for spec in PAGES:
            st.page_link(spec.path, label=spec.title)
    for notice in get_services().notices:
        st.warning(plain(notice))
    for note in session.link_notes():
        st.warning(plain(note))
    show_action_errors()


def _open_first() -> None:
    st.switch_page(PAGES[0].path, query_params=st.query_params.to_dict())


def show(page: Callable[[], None]) -> None:
    """Run a page's function; every file in `pages/` calls this and nothing else."""
    _require_navigation()
    kindly(page)()


def _require_navigation() -> None:
    """Leave Streamlit's old way with `pages/`, in which app.py is not run.

    A new server whose very first request is a link to a page takes that way, and
    stays on it until somebody opens the first page (Streamlit 1.67).
    """
    if PagesManager.uses_pages_directory:
        PagesManager.uses_pages_directory = False
        st.rerun()
