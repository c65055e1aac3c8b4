"""The network's prediction on the Draw page."""

import streamlit as st
from markupsafe import Markup
from streamlit.delta_generator import DeltaGenerator

from mnistlab.ui.components.probabilities.probabilities import bars, no_bars
from mnistlab.ui.draw.question import Prediction, certainty


def show_answer(reading: Prediction | None, wish: str) -> DeltaGenerator:
    """Show a network's prediction.

    Args:
        reading: None if there is no digit yet.
        wish: The text shown then.

    Returns:
        A container below the prediction, for the note that the image hardly looks like a digit.
    """
    if reading is None:
        st.html(Markup('<div class="lab-answer"><span>{}</span></div>').format(wish))
        doubt = st.container()
        st.html(no_bars())
        return doubt
    st.html(
        Markup(
            '<div class="lab-answer" role="status"><b data-prediction="{}">{}</b>'
            "<span>{} confident</span></div>"
        ).format(reading.prediction, reading.prediction, certainty(reading.probabilities))
    )
    doubt = st.container()
    st.html(bars(reading.probabilities, reading.question.label))
    return doubt
