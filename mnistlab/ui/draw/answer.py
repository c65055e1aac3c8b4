"""What a network answers on the Draw page."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mnistlab.ui.draw.question import Reading, certainty
from mnistlab.ui.probabilities import bars, no_bars


def show_answer(reading: Reading | None, wish: str) -> DeltaGenerator:
    """Show what a network reads.

    Args:
        reading: None if there is nothing to read yet.
        wish: What to say then.

    Returns:
        A place beside the answer, in which to say that it hardly looks like a digit.
    """
    if reading is None:
        st.html(f'<div class="lab-answer"><span>{wish}</span></div>')
        doubt = st.container()
        st.html(no_bars())
        return doubt
    st.html(
        f'<div class="lab-answer" role="status"><b data-prediction="{reading.prediction}">'
        f"{reading.prediction}</b><span>{certainty(reading.probabilities)} sure</span></div>"
    )
    doubt = st.container()
    st.html(bars(reading.probabilities, reading.question.label))
    return doubt
