"""Buttons that label a digit, and what they are for."""

from collections.abc import Callable

import streamlit as st
from markupsafe import Markup

from mnistlab.core.settings.config import DIGITS

WHAT_FOR = Markup(
    '<p class="lab-note">Press its label to add it to My handwriting, your own test set.</p>'
)


def show_label_buttons(question: str, is_open: bool, on_label: Callable[[int], None]) -> None:
    """Show a button for each label.

    Args:
        question: What they answer.
        is_open: Whether they can be pressed.
        on_label: Called with the label of the one that is.
    """
    st.markdown(f"**{question}**", width="content")
    with st.container(key="label_buttons"):
        for digit in range(DIGITS):
            st.button(
                str(digit),
                key=f"label_{digit}",
                disabled=not is_open,
                on_click=on_label,
                args=(digit,),
            )
