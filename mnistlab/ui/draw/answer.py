"""The network's prediction on the Draw page."""

import numpy as np
from markupsafe import Markup
from streamlit.delta_generator import DeltaGenerator

from mnistlab.store import RunRecord
from mnistlab.ui import formatting
from mnistlab.ui.components.probabilities.probabilities import bars, no_bars
from mnistlab.ui.draw.network_input import show_network_input
from mnistlab.ui.draw.places import Places
from mnistlab.ui.draw.question import Prediction, Question, ask, certainty


def answer(
    places: Places, run: RunRecord, question: Question | None, placeholder: str
) -> tuple[Prediction | None, DeltaGenerator]:
    """Show a network's prediction and its input.

    Args:
        places: Where.
        run: The run whose network predicts.
        question: None if there is no digit yet.
        placeholder: The text shown then.

    Returns:
        The prediction, and a container for the note that the image hardly looks like a digit.
    """
    prediction = None if question is None else ask(run, question)
    doubt = _show(places, prediction, placeholder)
    if prediction is not None:
        with places.seen:
            show_network_input(run, prediction)
    return prediction, doubt


def _show(places: Places, prediction: Prediction | None, placeholder: str) -> DeltaGenerator:
    if prediction is None:
        said = Markup('<div class="lab-answer"><p>{}</p></div>').format(placeholder)
        chart = no_bars()
    else:
        said = _answer(prediction)
        chart = bars(prediction.probabilities, prediction.question.label)
    places.answer.html(said)
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
