"""The confusion matrix as a grid of buttons, with each digit's accuracy and the worst pairs."""

import math
from collections.abc import Callable

import numpy as np
import streamlit as st

from mnistlab.core.analysis.metrics import accuracy_by_digit
from mnistlab.core.arrays import Counts
from mnistlab.core.settings.config import DIGITS
from mnistlab.ui import formatting
from mnistlab.ui.components.own_root import declare

Cell = tuple[int | None, int | None]
"""A true label and a prediction; None for any."""

ANY: Cell = (None, None)
_PAIRS = 5

_component = declare(__file__, '<div class="matrix"></div>')


def show_matrix(matrix: Counts, chosen: Cell, key: str, on_press: Callable[[Cell], None]) -> None:
    """Show a confusion matrix; call `on_press` with what was pressed.

    Args:
        matrix: Images by label and prediction, (10, 10).
        chosen: The cell shown as pressed.
        key: Of the component.
        on_press: Takes a cell, or a row or a column, of which the prediction or label is None.
    """

    def pressed() -> None:
        cell = _read_cell(st.session_state[key]["pressed"])
        if cell is not None:
            on_press(cell)

    data = {
        "chosen": chosen,
        "rows": _rows(matrix),
        "columns": [f"All mistakes predicted as {digit}" for digit in range(DIGITS)],
        "pairs": worst_pairs(matrix),
    }
    _component(data=data, key=key, on_pressed_change=pressed)


def worst_pairs(matrix: Counts) -> list[tuple[int, int, int]]:
    """Return label, prediction and count of the most frequent mistakes, the most frequent first."""
    mistakes = _mistakes(matrix).ravel()
    worst = np.argsort(-mistakes, kind="stable")[:_PAIRS]
    return [
        (int(place) // DIGITS, int(place) % DIGITS, int(mistakes[place]))
        for place in worst
        if mistakes[place]
    ]


def _mistakes(matrix: Counts) -> Counts:
    mistakes = matrix.copy()
    np.fill_diagonal(mistakes, 0)
    return mistakes


def _rows(matrix: Counts) -> list[dict[str, object]]:
    most = max(int(_mistakes(matrix).max()), 1)
    return [
        {
            "name": f"All mistakes of {label}",
            "accuracy": "n/a" if math.isnan(share) else f"{100 * share:.1f}",
            "cells": [
                _cell(label, prediction, int(count), most)
                for prediction, count in enumerate(matrix[label])
            ],
        }
        for label, share in enumerate(accuracy_by_digit(matrix))
    ]


def _cell(label: int, prediction: int, count: int, most: int) -> dict[str, object]:
    # By the square root, so that a single mistake is seen beside a hundred.
    shade = 0.0 if label == prediction else round(math.sqrt(count / most), 3)
    name = f"{label} predicted as {prediction}: {formatting.images(count)}"
    return {"count": count, "shade": shade, "name": name}


def _read_cell(sent: object) -> Cell | None:
    """Return the cell that the browser names, None if it names none: it may send anything."""
    if not isinstance(sent, list) or len(sent) != len(ANY):
        return None
    label, prediction = sent
    known = (None, *range(DIGITS))
    if any(type(part) is bool or part not in known for part in sent) or sent == [*ANY]:
        return None
    return label, prediction
