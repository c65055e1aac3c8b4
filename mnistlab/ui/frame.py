"""The frame of every page: logo, links, notices and error messages."""

from pathlib import Path
from typing import Literal

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from mnistlab.ui.errors import show_action_errors, show_errors
from mnistlab.ui.formatting import plain
from mnistlab.ui.navigation import PAGES
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
def show_top(page: StreamlitPage) -> None:
    """Show the part above every page."""
    st.logo(_ASSETS / "logo.svg", size="medium")
    # In the first HTML too, but for a tab that is older than the server, and for a host that has
    # HTML of its own.
    st.html(stylesheet())
    _show_links_of_phones(page.title)
    for notice in get_services().notices:
        st.warning(plain(notice))
    for note in state.link_notes():
        st.warning(plain(note))
    show_action_errors()


def _show_links_of_phones(title: str) -> None:
    """Show one row of links; the last opens the pages that have no room in it."""
    further = [spec for spec in PAGES if not spec.is_in_reach]
    is_further = title in {spec.title for spec in further}
    with st.container(
        horizontal=True, wrap=False, vertical_alignment="center", gap=None, key="small_screen_pages"
    ):
        for spec in PAGES:
            if spec.is_in_reach:
                st.page_link(spec.path, label=spec.title)
        kind: Literal["secondary", "tertiary"] = "secondary" if is_further else "tertiary"
        with st.popover("More", type=kind, key="more_pages"):
            for spec in further:
                st.page_link(spec.path, label=spec.title)


def run(page: StreamlitPage) -> None:
    """Run a page's file, once the session has its lab and settings."""
    if state.is_ready():
        show_errors(page.run)()
