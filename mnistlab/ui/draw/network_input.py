"""The network's input images, beside those of most demos."""

import numpy as np
import streamlit as st
from markupsafe import Markup

from mnistlab.core.arrays import Pixels, Probabilities
from mnistlab.store import RunRecord
from mnistlab.ui import formatting
from mnistlab.ui.draw.question import Prediction, certainty
from mnistlab.ui.prediction import predictor
from mnistlab.ui.prediction.mnist_images import data_url

BLANK: Pixels = np.zeros((28, 28), dtype=np.uint8)

_DEMOS, _HERE = "Most demos get", "This network gets"
_AS_IT_IS = "A test digit is used unchanged: MNIST's makers have already cropped and centred it."
_WHY = (
    "Most demos only shrink the whole picture. Here the digit is first cropped, scaled and "
    "centred, like MNIST's own images."
)
_THREE_TIMES = (
    "The network gets three versions (as drawn, narrower, wider); its probabilities are averaged."
)
_SLASH = "The slash through the zero is left out: almost no zero in MNIST has one."


def show_network_input(run: RunRecord, prediction: Prediction | None) -> None:
    """Show the input here and in most demos, each with a network's prediction.

    Args:
        run: The run whose network predicts.
        prediction: Its prediction here; None if there is no digit yet.
    """
    if prediction is None:
        _show([_figure(_DEMOS, BLANK, None), _figure(_HERE, BLANK, None)], [_WHY, _THREE_TIMES])
        return
    question = prediction.question
    here = _figure(_HERE, question.views[0], prediction.probabilities)
    if question.plain is None:
        _show([here], [_AS_IT_IS])
        return
    elsewhere = _figure(_DEMOS, question.plain[0], predictor.ask(run, question.plain))
    slash = [_SLASH] if question.has_slash else []
    _show([elsewhere, here], [_WHY, _THREE_TIMES, *slash])


def _show(figures: list[Markup], notes: list[str]) -> None:
    sentences = Markup().join(Markup('<p class="lab-note">{}</p>').format(note) for note in notes)
    st.html(Markup('<div class="lab-eyes">{}</div>{}').format(Markup().join(figures), sentences))


def _figure(title: str, image: Pixels, probabilities: Probabilities | None) -> Markup:
    reads: str = formatting.NOTHING
    if probabilities is not None:
        answer = int(probabilities.argmax())
        reads = Markup("<b>{}</b>, {} confident").format(answer, certainty(probabilities))
    return Markup(
        '<figure><p class="lab-caption">{}</p>'
        '<img class="lab-digit" width="148" height="148" src="{}" '
        'alt="{}: 28 by 28 pixels"><figcaption>{}</figcaption></figure>'
    ).format(title, data_url(image), title, reads)
