"""The Draw page: the visitor's own digits, and what a network makes of them."""

import secrets

import numpy as np
import streamlit as st

from mnistlab.core.digits import Picture, read_ink, read_picture
from mnistlab.core.views import Views, view_image, view_ink, view_strokes
from mnistlab.store import RunRecord
from mnistlab.ui import handwriting_label, handwriting_panel, predictor, wording
from mnistlab.ui.canvas import show_canvas
from mnistlab.ui.kindness import kindly
from mnistlab.ui.mnist_images import Pixels, data_url, load_test_digits
from mnistlab.ui.probabilities import bars, no_bars
from mnistlab.ui.run_picker import pick_run

_BY_HAND, _TEST_DIGIT, _PICTURE = "Draw", "Test digit", "Picture"
_TEST_DIGITS = 10_000
_PICTURE_WIDTH = 280


def show() -> None:
    """Show the page."""
    st.title("Draw", anchor=False)
    run = pick_run()
    if run is None:
        return
    way = st.segmented_control(
        "What to show it",
        [_BY_HAND, _TEST_DIGIT, _PICTURE],
        default=_BY_HAND,
        required=True,
        key="way",
    )
    ways = {_BY_HAND: _draw, _TEST_DIGIT: _choose_test_digit, _PICTURE: _upload}
    ways[str(way)](run)
    predictor.warm_up(run)


@st.fragment
@kindly
def _draw(run: RunRecord) -> None:
    left, right = st.columns([1, 2], gap="large")
    with left:
        strokes = show_canvas()
    with right:
        if strokes:
            _answer(run, view_strokes(strokes))
        else:
            _ask_for("Draw a digit from 0 to 9 on the black square.")
        handwriting_label.ask(strokes)
    handwriting_panel.show(run)


@st.fragment
@kindly
def _choose_test_digit(run: RunRecord) -> None:
    left, right = st.columns([1, 2], gap="large")
    with left:
        index = st.number_input(
            "Number of the test digit",
            0,
            _TEST_DIGITS - 1,
            key="test_digit",
            help="One of the 10,000 digits that no network here has learned from.",
        )
        st.button("Another", key="another", icon=":material/casino:", on_click=_draw_lots)
    digits = load_test_digits()
    with right:
        _answer(run, view_image(digits.pixels[index]), label=int(digits.labels[index]))


def _draw_lots() -> None:
    st.session_state["test_digit"] = secrets.randbelow(_TEST_DIGITS)


@st.fragment
@kindly
def _upload(run: RunRecord) -> None:
    left, right = st.columns([1, 2], gap="large")
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
    with right:
        if picture is None:
            _ask_for("Upload a picture or photo of one digit.")
        else:
            _answer(run, view_ink(read_ink(picture)))


def _show_picture(picture: Picture) -> None:
    # Streamlit would make the file itself smaller: all of it at once in memory, lying as
    # the camera was held, and of a long strip no row would be left.
    small = picture.copy()
    small.thumbnail((_PICTURE_WIDTH, max(picture.size)))
    st.image(small, width=_PICTURE_WIDTH, alt="Your picture")


def _ask_for(what: str) -> None:
    st.html(f'<div class="lab-answer"><span>{what}</span></div>')
    _show_evidence(no_bars(), np.zeros((28, 28), dtype=np.uint8))


def _answer(run: RunRecord, views: Views, label: int | None = None) -> None:
    probabilities = predictor.ask(run, views)
    prediction = int(probabilities.argmax())
    sure = f"{wording.probability(float(probabilities[prediction]))} sure"
    st.html(
        f'<div class="lab-answer" role="status"><b data-prediction="{prediction}">{prediction}</b>'
        f"<span>{sure}</span></div>"
    )
    _show_evidence(bars(probabilities, label), views[0])


def _show_evidence(ten_bars: str, image: Pixels) -> None:
    left, right = st.columns([3, 2], gap="large")
    left.html(ten_bars)
    right.html(
        '<p class="lab-caption">What the network sees</p>'
        f'<img class="lab-digit" width="168" height="168" src="{data_url(image)}" '
        'alt="The digit as 28 by 28 pixels">'
        '<p class="lab-note">28×28 pixels, cut out, scaled and centred as the makers of MNIST '
        "did it.</p>"
    )
