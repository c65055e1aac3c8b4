"""The images of the Mistakes page as tiles, and one of them in a drawer."""

from collections.abc import Sequence

import streamlit as st

from mnistlab.store import RunRecord
from mnistlab.ui import formatting
from mnistlab.ui.components.confusion_matrix.confusion_matrix import ANY, Cell
from mnistlab.ui.components.digit_grid.digit_grid import Tile, show_grid
from mnistlab.ui.mistakes import choice, suspicious_labels
from mnistlab.ui.mistakes.digit_set import DigitSet
from mnistlab.ui.mistakes.drawer import open_drawer, show_image
from mnistlab.ui.mistakes.pressed import note_press
from mnistlab.ui.prediction.mnist_images import data_url
from mnistlab.ui.session import ready_made

GRID = "digit_grid"


def show_images(run: RunRecord, digits: DigitSet) -> list[int]:
    """Show the chosen images, or all of a small set; return their indices.

    Args:
        run: The run whose network predicted.
        digits: The images and its predictions.
    """
    cell = ANY if digits.is_small else choice.chosen_cell()
    with st.container(horizontal=True, vertical_alignment="center", key="images_head"):
        title = st.container(key="images_title")
        with st.container(key="images_beside"):
            _show_way_out(run, cell)
        order = choice.choose_order()
    predicted = digits.predicted
    found = predicted.find_all(order) if digits.is_small else predicted.find(*cell, order)
    indices: list[int] = found.tolist()
    title.markdown(_describe(cell, len(indices), digits))
    _show_tiles(indices, digits)
    return indices


def _show_way_out(run: RunRecord, cell: Cell) -> None:
    """Show a button that clears the choice of a cell, or a link to the page's other images."""
    if cell != ANY:
        st.button(
            "All mistakes",
            key="all_mistakes",
            type="tertiary",
            icon=":material/close:",
            on_click=choice.choose_cell,
            args=(ANY,),
        )
    elif not ready_made.is_ready_made(run):
        st.markdown(f":small[[Suspicious labels](#{suspicious_labels.ANCHOR})]")


def _describe(cell: Cell, count: int, digits: DigitSet) -> str:
    if cell == ANY:
        wrong = digits.mistakes
        mistakes = "1 mistake" if wrong == 1 else f"{wrong:,} mistakes"
        return f"**{mistakes}**  \n:small[:gray[in {digits.what}]]"
    return f"**{_name(cell)}**  \n:small[:gray[{formatting.images(count)}]]"


def _name(cell: Cell) -> str:
    label, prediction = cell
    if label is None:
        return f"Misclassified as {prediction}"
    if prediction is None:
        return f"{label} misclassified"
    return f"{label} predicted {'correctly' if label == prediction else f'as {prediction}'}"


def _show_tiles(found: Sequence[int], digits: DigitSet) -> None:
    shown = choice.tiles_shown()
    tiles = [_tile(index, digits) for index in found[:shown]]
    show_grid(tiles, key=GRID, on_press=note_press(GRID))
    if len(found) > shown:
        st.button("Show more", key="show_more", on_click=choice.show_more)


def _tile(index: int, digits: DigitSet) -> Tile:
    predicted = digits.predicted
    label, prediction = int(predicted.labels[index]), int(predicted.predictions[index])
    confidence = formatting.probability(float(predicted.confidences[index]))
    mark = "disputed" if index in digits.disputed else ""
    description = (
        f"{digits.name(index)}: true label {label}{' (disputed)' if mark else ''}, "
        f"predicted {prediction}, {confidence} confident"
    )
    image = data_url(digits.pixels[index])
    return Tile(index, image, label, prediction, confidence, mark, description)


def show_closely(digits: DigitSet, found: Sequence[int], index: int) -> None:
    """Open the drawer at one of the images that were found, or with any other alone."""
    if index in found:
        open_drawer(found, index, lambda place: _show_digit(place, digits))
    elif 0 <= index < len(digits.predicted.labels):
        open_drawer([index], index, lambda place: _show_digit(place, digits))


def _show_digit(index: int, digits: DigitSet) -> None:
    predicted = digits.predicted
    label, prediction = int(predicted.labels[index]), int(predicted.predictions[index])
    verdict = "predicted correctly" if label == prediction else f"misclassified as {prediction}"
    name = digits.name(index)
    st.markdown(f"{name}: true label **{label}**, {verdict}.")
    show_image(digits.pixels[index], f"{name}, a {label}", predicted.probabilities[index], label)
    if index in digits.disputed:
        st.markdown(":gray[Of five people asked, fewer than three agreed with this label.]")
    digits.show_actions(index)
