"""The frame of every page: logo, links, notices and error messages."""

from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from mnistlab.ui.errors import show_action_errors, show_errors
from mnistlab.ui.formatting import plain
from mnistlab.ui.navigation import PAGES, TRAIN
from mnistlab.ui.services import get_services
from mnistlab.ui.session import state, url
from mnistlab.ui.style.stylesheet import stylesheet

_ASSETS = Path(__file__).parent / "assets"
ICON = _ASSETS / "icon.svg"
"""A file, since for an emoji Streamlit first compiles a pattern of all emoji, in 50 ms."""


def begin() -> None:
    """Apply the URL's query before `st.navigation` chooses the page.

    A page change that reaches the browser before its query makes two entries in the history,
    and Back seems to do nothing (Streamlit 1.67).
    """
    show_errors(url.sync)()


@show_errors
def show_top() -> None:
    """Show the part above every page."""
    st.logo(_ASSETS / "logo.svg", size="medium")
    st.html(stylesheet())
    with st.container(horizontal=True, key="small_screen_pages"):
        for spec in PAGES:
            st.page_link(spec.path, label=spec.title)
    for notice in get_services().notices:
        st.warning(plain(notice))
    for note in state.link_notes():
        st.warning(plain(note))
    show_action_errors()


def run(page: StreamlitPage) -> None:
    """Run a page's file, once the session has its lab and settings."""
    if state.is_ready():
        show_errors(page.run)()


def invite_to_train(words: str, label: str) -> None:
    """Show, on a page without data, what to do first and a link to the Train page.

    Args:
        words: Markdown.
        label: Of the link to the Train page.
    """
    with st.container(border=True):
        st.markdown(words)
        st.page_link(TRAIN.path, label=label, icon=":material/play_arrow:")
