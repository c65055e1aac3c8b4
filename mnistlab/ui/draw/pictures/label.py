"""“You wrote”: buttons that add digits out of a picture to the lab's own test set."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import streamlit as st
from markupsafe import Markup

from mnistlab.core.drawing.handwriting import label_ink
from mnistlab.core.pictures.reading import Reading
from mnistlab.ui import formatting
from mnistlab.ui.draw.label_buttons import WHAT_FOR, show_label_buttons
from mnistlab.ui.errors import catch_action_errors, show_action_errors
from mnistlab.ui.prediction import own_digits
from mnistlab.ui.services import get_services
from mnistlab.ui.session import state

_ADDED = "_added_of_picture"


@dataclass(frozen=True, eq=False)
class LabelledReadings:
    """What was read in a picture, for its visitor to put right.

    Attributes:
        key: Identifies the picture, as corrected.
        readings: The digits.
        predicted: The digit that each is read as.
        chosen: The number of the one that is labelled.
    """

    key: str
    readings: Sequence[Reading]
    predicted: Sequence[int]
    chosen: int

    @property
    def left(self) -> list[int]:
        """The numbers of those that were not added yet."""
        return [number for number in range(len(self.readings)) if number not in labels(self.key)]


def ask(readings: LabelledReadings | None, several: bool) -> None:
    """Show a button for each label of the chosen digit, and one that adds all others as read.

    Args:
        readings: None if there is no digit.
        several: Whether each reading is a digit of its own, and not another one's rival.
    """
    show_action_errors()
    is_open = readings is not None and readings.chosen in readings.left
    with st.container(key="label"):
        show_label_buttons("You wrote", is_open, partial(_add_chosen, readings))
        with st.container(key="last_added"):
            _show_outcome(readings)
            if readings is not None and several and readings.left:
                _offer_all(readings)


def _offer_all(readings: LabelledReadings) -> None:
    as_read = {number: readings.predicted[number] for number in readings.left}
    st.button(
        f"Add {formatting.digits(len(as_read))} as read",
        key="add_all",
        icon=":material/library_add:",
        on_click=_add,
        args=(readings, as_read),
    )


def _add_chosen(readings: LabelledReadings | None, label: int) -> None:
    if readings is not None:
        _add(readings, {readings.chosen: label})


@catch_action_errors
def _add(readings: LabelledReadings, chosen: dict[int, int]) -> None:
    new = {number: label for number, label in chosen.items() if number in readings.left}
    digits = [label_ink(label, readings.readings[number].ink) for number, label in new.items()]
    get_services().store.handwriting.add(state.lab(), digits)
    st.session_state[_ADDED] = readings.key, labels(readings.key) | new


def labels(key: str) -> dict[int, int]:
    """Return the labels of a picture's digits that were added, by their numbers.

    Args:
        key: As that of `LabelledReadings`.
    """
    of, added = st.session_state.get(_ADDED, ("", {}))
    return dict(added) if of == key else {}


def _show_outcome(readings: LabelledReadings | None) -> None:
    added = {} if readings is None else labels(readings.key)
    if readings is None or not added:
        st.html(WHAT_FOR)
        return
    right = sum(readings.predicted[number] == label for number, label in added.items())
    now = formatting.digits(len(own_digits.load()))
    st.html(
        Markup(
            '<p class="lab-added" role="status">Added {} to My handwriting, now {}; '
            "<b>{} read right</b>.</p>"
        ).format(len(added), now, right)
    )
