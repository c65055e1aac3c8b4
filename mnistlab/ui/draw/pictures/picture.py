"""The way "Picture": a photo of one digit or several, what was found in it, and corrections."""

from collections.abc import Mapping, Sequence

import numpy as np
import streamlit as st

from mnistlab.core.arrays import Probabilities
from mnistlab.core.pictures.reading import FoundDigit, Reading
from mnistlab.store import RunRecord
from mnistlab.ui.components.photo.photo import Found, View, read_view, show_photo
from mnistlab.ui.draw.answer import answer
from mnistlab.ui.draw.explanations import show_explanations
from mnistlab.ui.draw.handwriting import section as handwriting_section
from mnistlab.ui.draw.pictures import label as picture_label
from mnistlab.ui.draw.pictures.label import LabelledReadings
from mnistlab.ui.draw.pictures.reading import ReadPicture, identify, identify_corrected, read
from mnistlab.ui.draw.pictures.source import take_picture
from mnistlab.ui.draw.places import Places, lay_out
from mnistlab.ui.draw.question import Question, certainty
from mnistlab.ui.errors import show_errors
from mnistlab.ui.prediction import predictor

_ONE, _SEVERAL = "One digit", "Several"
_LEAST_PLAUSIBLE = 0.1
"""Of another reading of the same picture, to be shown beside the first."""

_DOUBTFUL = 0.9
"""The confidence below which a digit is worth a look."""


@st.fragment
@show_errors
def show_picture_way(run: RunRecord) -> None:
    """Show the page's parts for a picture."""
    places = lay_out()
    with places.digit:
        place = st.empty()
        several = _choose_count() == _SEVERAL
        content = take_picture(place)
    if content is None:
        show_explanations(places, run, *answer(places, run, None, "Take or choose a picture."))
        return
    picture = identify(content)
    key = f"photo_{picture}_{several}"
    view = read_view(key)
    corrected = identify_corrected(picture, view.corrections)
    found = read(content, corrected, view.corrections, several)
    readings = found.readings if several else _competing(found.readings)
    chosen = min(view.chosen, max(0, len(readings) - 1))
    predictions = _predict(run, readings)
    with place.container():
        marks = _mark(readings, predictions, picture_label.labels(corrected))
        with st.container(key="digit_photo"):
            show_photo(found.photo, marks, View(view.corrections, chosen), key)
    with places.label:
        picture_label.ask(_label(corrected, readings, predictions, chosen), several)
    _explain(places, run, found, readings, chosen)
    handwriting_section.show(run)


def _choose_count() -> str:
    return str(
        st.segmented_control(
            "Digits in the picture",
            [_ONE, _SEVERAL],
            default=_ONE,
            required=True,
            key="digits_in_picture",
            label_visibility="collapsed",
        )
    )


def _competing(readings: Sequence[Reading]) -> list[Reading]:
    """Return the first reading, and those that may well be what is meant instead."""
    return [
        reading
        for place, reading in enumerate(readings)
        if place == 0 or reading.plausibility >= _LEAST_PLAUSIBLE
    ]


def _predict(run: RunRecord, readings: Sequence[Reading]) -> Sequence[Probabilities]:
    if not readings:
        return []
    return list(predictor.ask(run, np.stack([reading.views() for reading in readings])))


def _mark(
    readings: Sequence[Reading],
    predictions: Sequence[Probabilities],
    labels: Mapping[int, int],
) -> list[Found]:
    """Return what can be pressed; a single digit is not written beside itself."""
    marks = []
    for number, (reading, probabilities) in enumerate(zip(readings, predictions, strict=True)):
        digit = int(probabilities.argmax())
        description = f"Read as {digit}, {certainty(probabilities)} confident"
        text = f"{digit}?" if probabilities.max() < _DOUBTFUL else str(digit)
        if number in labels:
            text = f"{labels[number]} ✓"
            description += f"; added as {labels[number]}"
        row = reading.row if isinstance(reading, FoundDigit) else 0
        shown = text if len(readings) > 1 else ""
        marks.append(Found(reading.outlines, reading.box, shown, row, description))
    return marks


def _label(
    key: str, readings: Sequence[Reading], predictions: Sequence[Probabilities], chosen: int
) -> LabelledReadings | None:
    if not readings:
        return None
    predicted = [int(probabilities.argmax()) for probabilities in predictions]
    return LabelledReadings(key, readings, predicted, chosen)


def _explain(
    places: Places, run: RunRecord, found: ReadPicture, readings: Sequence[Reading], chosen: int
) -> None:
    question = None
    if readings:
        reading = readings[chosen]
        question = Question(reading.views(), found.plain, plausibility=reading.plausibility)
    reason = "" if found.problem is None else str(found.problem)
    show_explanations(places, run, *answer(places, run, question, reason))
