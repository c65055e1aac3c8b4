"""The Draw page: the visitor's own digits, and a network's predictions for them."""

import secrets
from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mnistlab.core.drawing.picture import Picture, read_ink, read_picture
from mnistlab.core.drawing.slash import remove_slash
from mnistlab.core.drawing.views import (
    view_image,
    view_ink,
    view_plain_ink,
    view_plain_strokes,
    view_strokes,
)
from mnistlab.core.settings.kinds import WholeNumber
from mnistlab.store import RunRecord
from mnistlab.ui.components.canvas.canvas import show_canvas
from mnistlab.ui.components.typed_field import show_typed_field
from mnistlab.ui.draw import handwriting as handwriting_panel
from mnistlab.ui.draw import label as handwriting_label
from mnistlab.ui.draw.answer import show_answer
from mnistlab.ui.draw.explanations import show_explanations
from mnistlab.ui.draw.network_input import show_network_input
from mnistlab.ui.draw.question import Prediction, Question, ask
from mnistlab.ui.errors import show_errors
from mnistlab.ui.prediction import predictor
from mnistlab.ui.prediction.mnist_images import load_test_digits
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
_PICTURE_WIDTH = 280


def show() -> None:
    """Show the page."""
    st.title("Draw", anchor=False)
    with st.container(key="asked"):
        network, ways, _ = st.columns(3, gap="large")
    with network:
        run = pick_run()
    if run is None:
        return
    with ways:
        way = st.segmented_control(
            "Input",
            [_BY_HAND, _TEST_DIGIT, _PICTURE],
            default=_BY_HAND,
            required=True,
            key="way",
        )
    {_BY_HAND: _draw, _TEST_DIGIT: _choose_test_digit, _PICTURE: _upload}[str(way)](run)
    predictor.warm_up(run)


@st.fragment
@show_errors
def _draw(run: RunRecord) -> None:
    left, *places = _first_view()
    with left:
        strokes = show_canvas()
        handwriting_label.ask(strokes)
    question = None
    if strokes:
        has_slash = len(remove_slash(strokes)) < len(strokes)
        question = Question(view_strokes(strokes), view_plain_strokes(strokes), has_slash)
    placeholder = "Draw a digit from 0 to 9 on the black square."
    show_explanations(run, *_answer(places, run, question, placeholder))
    handwriting_panel.show(run)


@st.fragment
@show_errors
def _choose_test_digit(run: RunRecord) -> None:
    left, *places = _first_view()
    with left:
        number = show_typed_field(_TEST_DIGIT_NUMBER, "test_digit", "0")
        st.button("Another", key="another", icon=":material/casino:", on_click=_choose_at_random)
    index = _TEST_DIGIT_NUMBER.parse(number)
    digits = load_test_digits()
    question = Question(view_image(digits.pixels[index]), label=int(digits.labels[index]))
    show_explanations(run, *_answer(places, run, question, ""))


def _choose_at_random() -> None:
    st.session_state["test_digit"] = str(secrets.randbelow(_TEST_DIGITS))


@st.fragment
@show_errors
def _upload(run: RunRecord) -> None:
    left, *places = _first_view()
    with left:
        file = st.file_uploader(
            "A picture of one digit",
            type=["png", "jpg", "jpeg"],
            max_upload_size=10,
            key="picture",
            help="Dark on light or light on dark; the rest of the picture should be plain.",
        )
        picture = None if file is None else read_picture(file.getvalue())
        if picture is not None:
            _show_picture(picture)
    question = None
    if picture is not None:
        ink = read_ink(picture)
        question = Question(view_ink(ink), view_plain_ink(ink))
    show_explanations(
        run, *_answer(places, run, question, "Upload a picture or photo of one digit.")
    )


def _show_picture(picture: Picture) -> None:
    # Streamlit's own resizing decodes the whole file, ignores the camera's orientation and scales
    # a long strip to no height.
    small = picture.copy()
    small.thumbnail((_PICTURE_WIDTH, max(picture.size)))
    st.image(small, width=_PICTURE_WIDTH, alt="Your picture")


def _first_view() -> Sequence[DeltaGenerator]:
    """Return three columns: for the digit, the prediction, and the network's input."""
    with st.container(key="first_view"):
        return st.columns(3, gap="large")


def _answer(
    places: Sequence[DeltaGenerator], run: RunRecord, question: Question | None, placeholder: str
) -> tuple[Prediction | None, DeltaGenerator]:
    """Show the network's prediction, or the text `placeholder` without a question.

    Returns:
        The prediction, and the container for a note on doubtful images.
    """
    beside, seen = places
    prediction = None if question is None else ask(run, question)
    with beside:
        doubt = show_answer(prediction, placeholder)
    with seen:
        show_network_input(run, prediction)
    return prediction, doubt
