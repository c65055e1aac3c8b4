"""The Mistakes page: which digits a network gets wrong and how, and which labels it doubts."""

import streamlit as st
from markupsafe import Markup

from mnistlab.core.analysis.metrics import confusion_matrix
from mnistlab.core.analysis.predictions import SortOrder
from mnistlab.core.arrays import Counts
from mnistlab.core.settings.config import DIGITS
from mnistlab.ui import formatting
from mnistlab.ui.charts.accuracy_by_digit import by_digit_data, by_digit_spec
from mnistlab.ui.charts.confusion_matrix import CELL, matrix_data, matrix_spec, pressed_cell
from mnistlab.ui.charts.toolkit import draw
from mnistlab.ui.components.digit_grid.digit_grid import Tile, show_grid
from mnistlab.ui.components.probabilities.probabilities import bars
from mnistlab.ui.errors import show_errors
from mnistlab.ui.mistakes import suspicious_labels
from mnistlab.ui.mistakes.digit_set import DigitSet, choose_digits
from mnistlab.ui.mistakes.pressed import note_press, take_pressed
from mnistlab.ui.prediction.mnist_images import data_url
from mnistlab.ui.prediction.run_picker import pick_run

_TILES_AT_A_TIME = 60
_ANY = "any"
_GRID = "digit_grid"
_LABEL, _PREDICTION, _ORDER, _SHOWN = "label", "prediction", "order", "tiles_shown"


def show() -> None:
    """Show the page."""
    st.title("Mistakes", anchor=False)
    run = pick_run()
    if run is None:
        return
    shown = choose_digits(run, on_change=_from_top)
    matrix = confusion_matrix(shown.predicted.labels, shown.predicted.predictions)
    left, right = st.columns([3, 2], gap="large")
    with left:
        _show_confusion(matrix)
    with right:
        _show_by_digit(matrix, shown.what)
    _show_digits(shown)
    suspicious_labels.show_suspicious_labels(run)
    pressed = take_pressed()
    if pressed is not None and pressed.grid == _GRID:
        _show_closely(pressed.index, shown)
    elif pressed is not None:
        suspicious_labels.show_closely(run, pressed.index)


def _show_confusion(matrix: Counts) -> None:
    st.markdown("**Confusion matrix** :gray[press a number to see exactly those images]")
    with st.container(key="confusion_panel"):
        draw(
            matrix_data(matrix),
            matrix_spec(),
            key="confusion",
            on_select=_choose_cell,
            selection_mode=CELL,
            alt="Confusion matrix: images by true label and prediction",
        )


def _choose_cell() -> None:
    cell = pressed_cell(st.session_state["confusion"])
    if cell is not None:
        st.session_state[_LABEL], st.session_state[_PREDICTION] = map(str, cell)
        _from_top()


def _show_by_digit(matrix: Counts, what: str) -> None:
    wrong = int(matrix.sum() - matrix.trace())
    mistakes = "1 mistake" if wrong == 1 else f"{wrong:,} mistakes"
    st.markdown(f"**{mistakes}** :gray[in {what}, by true label, with accuracy]")
    with st.container(key="by_digit_panel"):
        draw(
            by_digit_data(matrix),
            by_digit_spec(),
            key="by_digit",
            alt="Mistakes and accuracy of each digit",
        )


def _show_digits(digits: DigitSet) -> None:
    label, prediction, order = _show_filters()
    found = digits.predicted.find(label, prediction, order)
    st.markdown(
        f"**{_describe(len(found), label, prediction)}** :gray[press one to look closer, or go on "
        f"to] [labels under suspicion](#{suspicious_labels.ANCHOR})"
    )
    shown = st.session_state.setdefault(_SHOWN, _TILES_AT_A_TIME)
    tiles = [_tile(int(index), digits) for index in found[:shown]]
    show_grid(tiles, key=_GRID, on_press=note_press(_GRID))
    if len(found) > shown:
        st.button("Show more", key="show_more", on_click=_show_more)


def _show_filters() -> tuple[int | None, int | None, SortOrder]:
    digits = [_ANY, *map(str, range(DIGITS))]
    pair, order_column, reset_column = st.columns([2, 1.4, 1], vertical_alignment="bottom")
    left, right = pair.columns(2, wrap=False)
    with left:
        label = st.selectbox("True label", digits, key=_LABEL, on_change=_from_top)
    with right:
        prediction = st.selectbox("Predicted", digits, key=_PREDICTION, on_change=_from_top)
    with order_column:
        order = st.selectbox("Sort by", [*SortOrder], key=_ORDER, help=_ORDER_HELP)
    with reset_column:
        st.button("All mistakes", key="all_mistakes", on_click=_reset, width="stretch")
    return _digit(label), _digit(prediction), SortOrder(order)


_ORDER_HELP = (
    "Confidence is the probability the network gives its prediction; it can be confident and wrong."
)


def _digit(choice: str) -> int | None:
    return None if choice == _ANY else int(choice)


def _from_top() -> None:
    st.session_state[_SHOWN] = _TILES_AT_A_TIME


def _reset() -> None:
    st.session_state[_LABEL] = st.session_state[_PREDICTION] = _ANY
    _from_top()


def _show_more() -> None:
    st.session_state[_SHOWN] += _TILES_AT_A_TIME


def _describe(count: int, label: int | None, prediction: int | None) -> str:
    images = "1 image" if count == 1 else f"{count:,} images"
    if label is not None and label == prediction:
        return f"{images} of a {label}, predicted correctly"
    whose = "" if label is None else f" of a {label}"
    mistake = ", misclassified" if prediction is None else f", misclassified as {prediction}"
    return f"{images}{whose}{mistake}"


def _tile(index: int, digits: DigitSet) -> Tile:
    predicted = digits.predicted
    label, prediction = int(predicted.labels[index]), int(predicted.predictions[index])
    confidence = f"{formatting.probability(float(predicted.confidences[index]))} confident"
    return Tile(
        index,
        data_url(digits.pixels[index]),
        label,
        prediction,
        confidence,
        "label disputed" if index in digits.disputed else "",
        f"{digits.name(index)}: true label {label}, predicted {prediction}, {confidence}",
    )


def _show_closely(index: int, digits: DigitSet) -> None:
    if 0 <= index < len(digits.predicted.labels):
        _show_digit(index, digits)


@st.dialog("A closer look", width="medium")
@show_errors
def _show_digit(index: int, digits: DigitSet) -> None:
    predicted = digits.predicted
    label, prediction = int(predicted.labels[index]), int(predicted.predictions[index])
    verdict = "predicted correctly" if label == prediction else f"misclassified as {prediction}"
    st.markdown(f"{digits.name(index)}: true label **{label}**, {verdict}.")
    if index in digits.disputed:
        st.markdown(":gray[Of five people asked, fewer than three agreed with this label.]")
    left, right = st.columns([2, 3], gap="medium")
    url = data_url(digits.pixels[index])
    left.html(
        Markup('<img class="lab-digit" width="196" height="196" alt="A {}" src="{}">').format(
            label, url
        )
    )
    right.html(bars(predicted.probabilities[index], label))
    digits.show_actions(index)
