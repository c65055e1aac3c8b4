"""The head of a page: its name, what it is about, and its actions, in one row."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager

import streamlit as st

from mnistlab.store import RunRecord
from mnistlab.ui.layout.run_chip import show_run_chip


@contextmanager
def head(
    title: str,
    show_way_back: Callable[[], object] | None = None,
    on_page: Collection[RunRecord] = (),
) -> Iterator[None]:
    """Show a page's name; what the page shows inside stands beside it, in the same row.

    A run that goes on elsewhere is shown at the row's end.

    Args:
        title: The page's name.
        show_way_back: Shows what stands before the name.
        on_page: The runs whose progress the page shows itself.
    """
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="head"):
        if show_way_back is not None:
            show_way_back()
        st.title(title, anchor=False, width="content")
        yield
        show_run_chip({run.id for run in on_page})
