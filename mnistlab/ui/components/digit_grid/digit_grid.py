"""A grid of digits with predictions, each a button."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import streamlit as st

from mnistlab.ui.components.own_root import declare

_component = declare(__file__, '<ul class="grid">\n</ul>')


@dataclass(frozen=True)
class Tile:
    """One digit of the grid.

    Attributes:
        index: Its index in its set of digits.
        image: A data URL.
        label: The label.
        prediction: The predicted digit, or the most probable one other than the label.
        note: The confidence or the margin, as text.
        mark: What sets it apart from the others, in two words; mostly empty.
        description: The tile in one sentence, for screen readers.
    """

    index: int
    image: str
    label: int
    prediction: int
    note: str
    mark: str
    description: str


def show_grid(tiles: Sequence[Tile], key: str, on_press: Callable[[int], None]) -> None:
    """Show tiles in rows; call `on_press` with the index of a pressed tile."""

    def pressed() -> None:
        index = st.session_state[key]["pressed"]
        if type(index) is int:  # the browser may send anything, and a bool is an int too
            on_press(index)

    _component(data={"tiles": [asdict(tile) for tile in tiles]}, key=key, on_pressed_change=pressed)
