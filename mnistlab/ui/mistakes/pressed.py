"""The tile that was pressed: one for all grids, since Streamlit opens one dialog at a time."""

import functools
from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

_PRESSED = "pressed_tile"


@dataclass(frozen=True)
class Pressed:
    """A tile that was pressed.

    Attributes:
        grid: The key of its grid.
        index: Its index there, whatever the browser may have sent.
    """

    grid: str
    index: int


def note_press(grid: str) -> Callable[[int], None]:
    """Return what `show_grid` is to call, for the grid with this key."""
    return functools.partial(_note, grid)


def _note(grid: str, index: int) -> None:
    st.session_state[_PRESSED] = Pressed(grid, index)


def take_pressed() -> Pressed | None:
    """Return the tile that was pressed since the page's last run, if there is one."""
    pressed: Pressed | None = st.session_state.pop(_PRESSED, None)
    return pressed
