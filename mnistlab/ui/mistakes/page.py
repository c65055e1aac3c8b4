"""The Mistakes page: which digits a network gets wrong and how, and which labels it doubts."""

import streamlit as st

from mnistlab.store import RunRecord
from mnistlab.ui.components.confusion_matrix.confusion_matrix import show_matrix
from mnistlab.ui.layout.first_run import invite_to_first_run
from mnistlab.ui.layout.head import head
from mnistlab.ui.mistakes import choice, images, suspicious_labels
from mnistlab.ui.mistakes.digit_set import DigitSet, choose_digits
from mnistlab.ui.mistakes.pressed import take_pressed
from mnistlab.ui.prediction.run_picker import pick_run
from mnistlab.ui.session import ready_made


def show() -> None:
    """Show the page."""
    with head("Mistakes"):
        run = pick_run()
        digits = choose_digits(run, on_change=choice.show_from_top)
    if ready_made.is_ready_made(run):
        invite_to_first_run()
    _show_mistakes(run, digits)


def _show_mistakes(run: RunRecord, digits: DigitSet) -> None:
    with st.container(horizontal=True, gap="medium", key="mistakes_row"):
        if not digits.is_small:
            with st.container(gap="xsmall", key="matrix_side"):
                _show_matrix(digits)
        with st.container(gap="small", key="images_side"):
            found = images.show_images(run, digits)
    if not ready_made.is_ready_made(run):
        suspicious_labels.show_suspicious_labels(run)
    pressed = take_pressed()
    if pressed is not None and pressed.grid == images.GRID:
        images.show_closely(digits, found, pressed.index)
    elif pressed is not None:
        suspicious_labels.show_closely(run, pressed.index)


def _show_matrix(digits: DigitSet) -> None:
    show_matrix(digits.matrix, choice.chosen_cell(), "confusion_matrix", choice.choose_cell)
    with st.container(key="matrix_hint"):
        st.markdown(":small[:gray[Press a number to see its images: true label → prediction.]]")
