"""The Draw page: the visitor's own digits, and a network's predictions for them."""

import secrets

import streamlit as st
from markupsafe import Markup
from streamlit.delta_generator import DeltaGenerator

from mnistlab.core.drawing.slash import remove_slash
from mnistlab.core.drawing.views import (
    view_image,
    view_plain_ink,
    view_plain_strokes,
    view_strokes,
)
from mnistlab.core.network import ready_made
from mnistlab.core.pictures.decoding import Picture, brightness_as_ink, read_picture
from mnistlab.core.settings.kinds import WholeNumber
from mnistlab.store import RunRecord
from mnistlab.ui.components.pad.pad import show_pad
from mnistlab.ui.components.probabilities.probabilities import no_bars
from mnistlab.ui.components.typed_field import show_typed_field
from mnistlab.ui.draw import handwriting as handwriting_panel
from mnistlab.ui.draw import label as handwriting_label
from mnistlab.ui.draw.answer import show_answer
from mnistlab.ui.draw.explanations import show_explanations
from mnistlab.ui.draw.network_input import show_network_input
from mnistlab.ui.draw.places import Places, lay_out
from mnistlab.ui.draw.question import Prediction, Question, ask
from mnistlab.ui.errors import show_errors
from mnistlab.ui.layout.first_run import offer_first_run
from mnistlab.ui.layout.head import head
from mnistlab.ui.prediction import predictor
from mnistlab.ui.prediction.mnist_images import data_url, load_test_digits, load_training_images
from mnistlab.ui.prediction.run_picker import pick_run

_BY_HAND, _TEST_DIGIT, _PICTURE = "Draw", "Test digit", "Picture"
_TEST_DIGITS = 10_000
_TEST_DIGIT_NUMBER = WholeNumber(
    "test_digit",
    "Test digit number",
    "One of the 10,000 test images, which no network here has trained on.",
    default=0,
    low=0,
    high=_TEST_DIGITS - 1,
)
_PICTURE_SIDE = 600
"""Pixels, of a picture that fills the pad's place on most screens."""


def show() -> None:
    """Show the page."""
    with head("Draw"):
        run = pick_run()
        way = _choose_way() if run is not None else None
    if run is None:
        _show_ghost()
        return
    {_BY_HAND: _draw, _TEST_DIGIT: _choose_test_digit, _PICTURE: _upload}[str(way)](run)
    predictor.warm_up(run)


def _choose_way() -> str:
    return str(
        st.segmented_control(
            "Input",
            [_BY_HAND, _TEST_DIGIT, _PICTURE],
            default=_BY_HAND,
            required=True,
            key="way",
            label_visibility="collapsed",
        )
    )


def _show_ghost() -> None:
    """Show the page's shape and the way to its first network."""
    places = lay_out()
    with places.answer:
        offer_first_run("**Train a network first**, then draw a digit here for it to recognize.")
    places.digit.html(_blank_square(""))
    places.bars.html(no_bars())


@st.fragment
@show_errors
def _draw(run: RunRecord) -> None:
    places = lay_out()
    with places.digit:
        strokes = show_pad()
    question = None
    if strokes:
        has_slash = len(remove_slash(strokes)) < len(strokes)
        question = Question(view_strokes(strokes), view_plain_strokes(strokes), has_slash)
    prediction, doubt = _answer(places, run, question, "Draw a digit from 0 to 9.")
    with places.label:
        handwriting_label.ask(prediction)
    show_explanations(places, run, prediction, doubt)
    handwriting_panel.show(run)


@st.fragment
@show_errors
def _choose_test_digit(run: RunRecord) -> None:
    places = lay_out()
    with places.digit:
        preview = st.empty()
        with st.container(horizontal=True, vertical_alignment="bottom", key="test_digit_row"):
            number = show_typed_field(_TEST_DIGIT_NUMBER, "test_digit", "0")
            st.button(
                "Another", key="another", icon=":material/casino:", on_click=_choose_at_random
            )
    index = _TEST_DIGIT_NUMBER.parse(number)
    digits = load_test_digits()
    preview.html(_enlarged(data_url(digits.pixels[index]), f"Test digit {index}"))
    question = Question(view_image(digits.pixels[index]), label=int(digits.labels[index]))
    show_explanations(places, run, *_answer(places, run, question, ""))


def _choose_at_random() -> None:
    st.session_state["test_digit"] = str(secrets.randbelow(_TEST_DIGITS))


@st.fragment
@show_errors
def _upload(run: RunRecord) -> None:
    places = lay_out()
    with places.digit:
        preview = st.empty()
        preview.html(_blank_square("Your picture"))
        file = st.file_uploader(
            "A picture of one digit",
            type=["png", "jpg", "jpeg"],
            max_upload_size=10,
            key="picture",
            help="A photo, a scan or a screenshot, dark on light or light on dark.",
        )
        picture = None if file is None else read_picture(file.getvalue())
        if picture is not None:
            _show_picture(preview, picture)
    question = None
    if picture is not None:
        question = _read(picture)
    placeholder = "Upload a picture or photo of one digit."
    show_explanations(places, run, *_answer(places, run, question, placeholder))


def _read(picture: Picture) -> Question:
    # OpenCV, imported with the first picture and not when a server starts.
    from mnistlab.core.pictures.evidence import DigitModel
    from mnistlab.core.pictures.reader import read_digit

    # Which marks are the digit does not depend on what the visitor's network has learned.
    model = DigitModel(ready_made.network(), load_training_images())
    best = read_digit(picture, model)[0]
    plain = view_plain_ink(brightness_as_ink(picture))
    return Question(best.views(), plain, plausibility=best.plausibility)


def _show_picture(place: DeltaGenerator, picture: Picture) -> None:
    # Streamlit's own resizing decodes the whole file, ignores the camera's orientation and scales
    # a long strip to no height.
    small = picture.copy()
    small.thumbnail((_PICTURE_SIDE, max(picture.size)))
    with place.container(key="picture_preview"):
        st.image(small, alt="Your picture")


def _enlarged(url: str, alt: str) -> Markup:
    image = Markup('<img class="lab-digit lab-square" src="{}" alt="{}">')
    return image.format(url, alt)


def _blank_square(text: str) -> Markup:
    return Markup('<div class="lab-square lab-blank">{}</div>').format(text)


def _answer(
    places: Places, run: RunRecord, question: Question | None, placeholder: str
) -> tuple[Prediction | None, DeltaGenerator]:
    """Show the network's prediction, or the text `placeholder` without a question.

    Returns:
        The prediction, and the container for a note on doubtful images.
    """
    prediction = None if question is None else ask(run, question)
    doubt = show_answer(places, prediction, placeholder)
    if prediction is not None:
        with places.seen:
            show_network_input(run, prediction)
    return prediction, doubt
