"""The network's prediction on the Draw page."""

import streamlit as st
from markupsafe import Markup
from streamlit.delta_generator import DeltaGenerator

from mnistlab.ui.components.probabilities.probabilities import bars, no_bars
from mnistlab.ui.draw.question import Prediction, certainty


def show_answer(prediction: Prediction | None, placeholder: str) -> DeltaGenerator:
    """Show a network's prediction.

    Args:
        prediction: None if there is no digit yet.
        placeholder: The text shown then.

    Returns:
        A container below the prediction, for the note that the image hardly looks like a digit.
    """
    if prediction is None:
        answer = Markup('<div class="lab-answer"><span>{}</span></div>').format(placeholder)
        chart = no_bars()
    else:
        answer = Markup(
            '<div class="lab-answer" role="status"><b data-prediction="{}">{}</b>'
            "<span>{} confident</span></div>"
        ).format(prediction.digit, prediction.digit, certainty(prediction.probabilities))
        chart = bars(prediction.probabilities, prediction.question.label)
    st.html(answer)
    doubt = st.container()
    st.html(chart)
    return doubt
