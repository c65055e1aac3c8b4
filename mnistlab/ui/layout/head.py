"""The head of a page: its name, what it is about, and its actions, in one row."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager

import streamlit as st

from mnistlab.ui.layout.run_chip import show_run_chip


@contextmanager
def head(
    title: str,
    show_way_back: Callable[[], object] | None = None,
    shows: Collection[str] = (),
) -> Iterator[None]:
    """Show a page's name; what the page shows inside stands beside it, in the same row.

    A run that goes on is shown at the row's end.

    Args:
        title: The page's name.
        show_way_back: Shows what stands before the name.
        shows: The ids of runs that the page shows itself, of which the head says nothing.
    """
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="head"):
        if show_way_back is not None:
            show_way_back()
        st.title(title, anchor=False, width="content")
        yield
        show_run_chip(shows)
