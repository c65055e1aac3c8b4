"""What all pages share: the list of pages, the logo, and notices."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage
from streamlit.runtime.pages_manager import PagesManager

from mnistlab.ui.errors import show_action_errors, show_errors
from mnistlab.ui.formatting import plain
from mnistlab.ui.services import get_services
from mnistlab.ui.session import state as session
from mnistlab.ui.style.stylesheet import stylesheet

_ASSETS = Path(__file__).parent / "assets"
ICON = _ASSETS / "icon.svg"
"""A file: for an emoji Streamlit would first compile a pattern of all there are, in 50 ms."""

_HAS_FRAME = "_has_frame"


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
COMPARE = PageSpec("compare", "Compare")
EXPERIMENTS = PageSpec("experiments", "Experiments")
MISTAKES = PageSpec("mistakes", "Mistakes")
DRAW = PageSpec("draw", "Draw")
RATE = PageSpec("rate", "Rate")
PAGES = (TRAIN, COMPARE, EXPERIMENTS, MISTAKES, DRAW, RATE)


def pages() -> list[StreamlitPage]:
    """Return all pages for `st.navigation`, and the root, which opens the first."""
    # Streamlit's default page has no URL but the root, so that /train would not exist.
    root = st.Page(_open_first, title="mnistlab", default=True, visibility="hidden")
    return [root, *(st.Page(spec.path, title=spec.title) for spec in PAGES)]


def begin() -> None:
    """Take over what the URL brings, before `st.navigation` says which page it names.

    A browser that hears of a new page first and of its query later makes two steps of
    one in its history, and Back seems to do nothing (Streamlit 1.67).
    """
    # First: what follows may fail, and the page has its frame nevertheless.
    st.session_state[_HAS_FRAME] = True
    show_errors(session.sync)()


@show_errors
def show_top() -> None:
    """Show what stands above every page."""
    st.logo(_ASSETS / "logo.svg", size="medium")
    st.html(stylesheet())
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
    if session.is_ready():
        show_errors(page)()


def invite_to_train(words: str, label: str) -> None:
    """Show, where there is nothing yet, what to do first and the way to it.

    Args:
        words: Markdown.
        label: Of the link to the Train page.
    """
    with st.container(border=True):
        st.markdown(words)
        st.page_link(TRAIN.path, label=label, icon=":material/play_arrow:")


def _require_navigation() -> None:
    """Leave Streamlit's old way with `pages/`, in which app.py is not run.

    A new server whose very first request is a link to a page takes that way, and
    stays on it until somebody opens the first page (Streamlit 1.67). So do others who
    come in the same moment, such as a class whose server was started again.
    """
    if PagesManager.uses_pages_directory or not st.session_state.get(_HAS_FRAME):
        PagesManager.uses_pages_directory = False
        st.rerun()
