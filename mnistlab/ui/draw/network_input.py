"""The network's input images, beside those of most demos."""

import streamlit as st
from markupsafe import Markup

from mnistlab.core.arrays import Pixels, Probabilities
from mnistlab.core.drawing.views import Omission
from mnistlab.store import RunRecord
from mnistlab.ui.draw.question import Prediction, certainty
from mnistlab.ui.prediction import predictor
from mnistlab.ui.prediction.mnist_images import data_url

_DEMOS, _HERE = "Most demos get", "This network gets"
_AS_IT_IS = "A test digit is used unchanged: MNIST's makers have already cropped and centred it."
_WHY = (
    "Most demos only shrink the whole picture. Here the digit is first cropped, straightened, "
    "scaled and centred, like MNIST's own images. The network gets three versions (this one, "
    "narrower, wider); its probabilities are averaged."
)
_OMISSIONS = {
    Omission.SLASH: "The slash through the zero is left out: almost no zero in MNIST has one.",
    Omission.SERIFS: "The foot and flag of the one are left out: hardly any one in MNIST has a "
    "foot.",
}


def show_network_input(run: RunRecord, prediction: Prediction) -> None:
    """Show the input here and in most demos, each with a network's prediction.

    Args:
        run: The run whose network predicts.
        prediction: Its prediction here.
    """
    question = prediction.question
    figures = [_figure(_HERE, question.views[0], prediction.probabilities)]
    note = _AS_IT_IS
    if question.plain is not None:
        figures.insert(0, _figure(_DEMOS, question.plain[0], predictor.ask(run, question.plain)))
        note = " ".join([_WHY, *(_OMISSIONS[omission] for omission in question.omissions)])
    st.html(
        Markup('<div class="lab-eyes">{}</div><p class="lab-note">{}</p>').format(
            Markup().join(figures), note
        )
    )


def _figure(title: str, image: Pixels, probabilities: Probabilities) -> Markup:
    return Markup(
        '<figure><p class="lab-caption">{}</p>'
        '<img class="lab-digit" width="148" height="148" src="{}" '
        'alt="{}: 28 by 28 pixels"><figcaption><b>{}</b>, {} confident</figcaption></figure>'
    ).format(title, data_url(image), title, int(probabilities.argmax()), certainty(probabilities))
