"""The Draw page: the visitor's own digits, and a network's predictions for them."""

import secrets

import streamlit as st
from markupsafe import Markup

from mnistlab.core.drawing.views import view_drawing, view_image, view_plain_strokes
from mnistlab.core.settings.kinds import WholeNumber
from mnistlab.store import RunRecord
from mnistlab.ui.components.pad.pad import show_pad
from mnistlab.ui.components.typed_field import show_typed_field
from mnistlab.ui.draw.answer import answer
from mnistlab.ui.draw.explanations import show_explanations
from mnistlab.ui.draw.handwriting import label as handwriting_label
from mnistlab.ui.draw.handwriting import section as handwriting_section
from mnistlab.ui.draw.pictures.picture import show_picture_way
from mnistlab.ui.draw.places import lay_out
from mnistlab.ui.draw.question import Question
from mnistlab.ui.errors import show_errors
from mnistlab.ui.layout.first_run import invite_to_first_run
from mnistlab.ui.layout.head import head
from mnistlab.ui.prediction import predictor
from mnistlab.ui.prediction.mnist_images import data_url, load_test_digits
from mnistlab.ui.prediction.run_picker import pick_run
from mnistlab.ui.session import ready_made

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


def show() -> None:
    """Show the page."""
    with head("Draw"):
        run = pick_run()
        way = _choose_way()
    if ready_made.is_ready_made(run):
        invite_to_first_run()
    {_BY_HAND: _draw, _TEST_DIGIT: _choose_test_digit, _PICTURE: show_picture_way}[way](run)
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


@st.fragment
@show_errors
def _draw(run: RunRecord) -> None:
    places = lay_out()
    with places.digit:
        strokes = show_pad()
    question = None
    if strokes:
        views, omissions = view_drawing(strokes)
        question = Question(views, view_plain_strokes(strokes), omissions=omissions)
    prediction, doubt = answer(places, run, question, "Draw a digit from 0 to 9.")
    with places.label:
        handwriting_label.ask(prediction)
    show_explanations(places, run, prediction, doubt)
    handwriting_section.show(run)


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
    show_explanations(places, run, *answer(places, run, question, ""))


def _choose_at_random() -> None:
    st.session_state["test_digit"] = str(secrets.randbelow(_TEST_DIGITS))


def _enlarged(url: str, alt: str) -> Markup:
    image = Markup('<img class="lab-digit lab-square" src="{}" alt="{}">')
    return image.format(url, alt)
