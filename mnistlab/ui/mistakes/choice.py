"""Which images the Mistakes page shows: the chosen cell of the matrix, and their order."""

import streamlit as st

from mnistlab.core.analysis.predictions import SortOrder
from mnistlab.ui.components.confusion_matrix.confusion_matrix import ANY, Cell

TILES_AT_A_TIME = 66
"""A number of whole rows of three, six and eleven."""

_CELL, _ORDER, _SHOWN = "cell", "order", "tiles_shown"


def chosen_cell() -> Cell:
    """Return the cell of the matrix whose images are shown."""
    cell: Cell = st.session_state.setdefault(_CELL, ANY)
    return cell


def choose_cell(cell: Cell) -> None:
    """Show the images of a cell; all mistakes if it was chosen already."""
    st.session_state[_CELL] = ANY if cell == chosen_cell() else cell
    show_from_top()


def choose_order() -> SortOrder:
    """Show a choice of the order; return it."""
    order = st.selectbox(
        "Sort by",
        [*SortOrder],
        key=_ORDER,
        format_func=lambda order: order.removesuffix(" first"),
        label_visibility="collapsed",
    )
    return SortOrder(order)


def show_from_top() -> None:
    """Show the first tiles alone."""
    st.session_state[_SHOWN] = TILES_AT_A_TIME


def show_more() -> None:
    """Show further tiles."""
    st.session_state[_SHOWN] += TILES_AT_A_TIME


def tiles_shown() -> int:
    """Return how many tiles are shown at most."""
    shown: int = st.session_state.setdefault(_SHOWN, TILES_AT_A_TIME)
    return shown
