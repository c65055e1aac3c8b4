"""The head of a page: its name, what it is about, and its actions, in one row."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager

import streamlit as st

from mnistlab.ui.layout.run_chip import show_run_chip


@contextmanager
def head(title: str, shows: Collection[str] = ()) -> Iterator[None]:
    """Show a page's name; what the page shows inside stands beside it, in the same row.

    A run that goes on is shown at the row's end.

    Args:
        title: The page's name.
        shows: The ids of runs that the page shows itself, of which the head says nothing.
    """
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="head"):
        st.title(title, anchor=False, width="content")
        yield
        show_run_chip(shows)
