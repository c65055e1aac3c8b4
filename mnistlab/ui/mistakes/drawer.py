"""A drawer that shows one image at a time, and leads to those before and after it."""

from collections.abc import Callable, Sequence

import streamlit as st
from markupsafe import Markup

from mnistlab.core.arrays import Pixels, Probabilities
from mnistlab.ui.components.probabilities.probabilities import bars
from mnistlab.ui.errors import show_errors
from mnistlab.ui.prediction.mnist_images import data_url

_PLACE = "place_in_drawer"


def open_drawer(images: Sequence[int], pressed: int, show: Callable[[int], None]) -> None:
    """Open the drawer at the image that was pressed.

    Args:
        images: The indices of the images, in their order on the page.
        pressed: One of these indices.
        show: Shows the image at an index.
    """
    st.session_state[_PLACE] = images.index(pressed)
    _show(images, show)


@st.dialog("A closer look", width="small", position="right")
@show_errors
def _show(images: Sequence[int], show: Callable[[int], None]) -> None:
    place = min(st.session_state[_PLACE], len(images) - 1)
    with st.container(
        horizontal=True, vertical_alignment="center", gap="small", key="drawer_steps"
    ):
        _show_step("Previous", "chevron_left", "Left", place - 1, len(images))
        _show_step("Next", "chevron_right", "Right", place + 1, len(images))
        st.markdown(f":gray[{place + 1:,} of {len(images):,}]", width="content")
    show(images[place])


def _show_step(name: str, icon: str, shortcut: str, place: int, count: int) -> None:
    st.button(
        name,
        key=f"drawer_{name.lower()}",
        icon=f":material/{icon}:",
        shortcut=shortcut,
        on_click=_go_to,
        args=(place,),
        disabled=place not in range(count),
    )


def _go_to(place: int) -> None:
    st.session_state[_PLACE] = place


def show_image(pixels: Pixels, name: str, probabilities: Probabilities, label: int) -> None:
    """Show an image large, and below it a network's probabilities.

    Args:
        pixels: The image.
        name: What a screen reader says.
        probabilities: One for each digit, (10,).
        label: Its label.
    """
    image = Markup('<img class="lab-digit lab-large" alt="{}" src="{}">')
    st.html(image.format(name, data_url(pixels)) + bars(probabilities, label))
