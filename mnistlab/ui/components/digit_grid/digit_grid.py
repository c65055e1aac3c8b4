"""A grid of digits with predictions, each a button."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import streamlit as st

_HERE = Path(__file__).parent

_component = st.components.v2.component(
    "mnistlab_digit_grid",
    html='<ul class="grid">\n</ul>',
    css=(_HERE / "digit_grid.css").read_text(),
    js=(_HERE / "digit_grid.js").read_text(),
)


@dataclass(frozen=True)
class Tile:
    """One digit of the grid.

    Attributes:
        index: Its index in its set of digits.
        image: A data URL.
        label: The true label.
        prediction: The predicted digit.
        sure: The confidence as text.
        disputed: Whether people disputed the label.
        description: The tile in one sentence, for screen readers.
    """

    index: int
    image: str
    label: int
    prediction: int
    sure: str
    disputed: bool
    description: str


def show_grid(tiles: Sequence[Tile], key: str, on_press: Callable[[int], None]) -> None:
    """Show tiles in rows; call `on_press` with the index of a pressed tile."""

    def pressed() -> None:
        index = st.session_state[key]["pressed"]
        if type(index) is int:  # the browser may send anything, and a bool is an int too
            on_press(index)

    _component(data={"tiles": [asdict(tile) for tile in tiles]}, key=key, on_pressed_change=pressed)
