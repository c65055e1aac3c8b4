"""The network's prediction on the Draw page."""

import numpy as np
from markupsafe import Markup
from streamlit.delta_generator import DeltaGenerator

from mnistlab.ui import formatting
from mnistlab.ui.components.probabilities.probabilities import bars, no_bars
from mnistlab.ui.draw.places import Places
from mnistlab.ui.draw.question import Prediction, certainty


def show_answer(places: Places, prediction: Prediction | None, placeholder: str) -> DeltaGenerator:
    """Show a network's prediction.

    Args:
        places: Where.
        prediction: None if there is no digit yet.
        placeholder: The text shown then.

    Returns:
        A container for the note that the image hardly looks like a digit.
    """
    if prediction is None:
        answer = Markup('<div class="lab-answer"><p>{}</p></div>').format(placeholder)
        chart = no_bars()
    else:
        answer = _answer(prediction)
        chart = bars(prediction.probabilities, prediction.question.label)
    places.answer.html(answer)
    places.bars.html(chart)
    return places.answer.container()


def _answer(prediction: Prediction) -> Markup:
    second = int(np.argsort(-prediction.probabilities, kind="stable")[1])
    return Markup(
        '<div class="lab-answer" role="status"><b data-prediction="{}">{}</b>'
        "<p>{} confident</p><p>2nd: {}, {}</p></div>"
    ).format(
        prediction.digit,
        prediction.digit,
        certainty(prediction.probabilities),
        second,
        formatting.probability(float(prediction.probabilities[second])),
    )
