"""The confusion matrix and the accuracy of each digit, as charts."""

from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from mnistlab.core.analysis.metrics import Counts, accuracy_by_digit
from mnistlab.core.settings.config import DIGITS
from mnistlab.ui.charts import ACCENT, QUIET, Spec, detach_data

CELL = "cell"
"""The name of the selection that a pressed cell makes."""

_SIZE = 380


def matrix_data(matrix: Counts) -> pd.DataFrame:
    """Return one row for each cell: label, prediction, count, and how dark it is (0 to 1)."""
    mistakes = matrix.copy()
    mistakes[range(DIGITS), range(DIGITS)] = 0
    most = max(int(mistakes.max()), 1)
    rows = [
        (label, prediction, int(matrix[label, prediction]), mistakes[label, prediction] / most)
        for label in range(DIGITS)
        for prediction in range(DIGITS)
    ]
    data = pd.DataFrame(rows, columns=["label", "prediction", "count", "shade"])
    return data.assign(right=data["label"] == data["prediction"])


@st.cache_resource(show_spinner=False)
def matrix_spec() -> Spec:
    """Return the confusion matrix: number and shade in each cell, to be pressed."""
    pressed = alt.selection_point(name=CELL, fields=["label", "prediction"])
    base = alt.Chart(pd.DataFrame({"label": []})).encode(
        x=alt.X("prediction:O", title="Read as", axis=alt.Axis(orient="top", labelAngle=0)),
        y=alt.Y("label:O", title="Label"),
        tooltip=[
            alt.Tooltip("label:O", title="Label"),
            alt.Tooltip("prediction:O", title="Read as"),
            alt.Tooltip("count:Q", title="Images"),
        ],
    )
    cells = base.mark_rect(stroke=QUIET, strokeOpacity=0.25, cursor="pointer").encode(
        color=alt.condition(alt.datum.right, alt.value(QUIET), alt.value(ACCENT)),
        fillOpacity=alt.condition(
            alt.datum.right,
            alt.value(0.16),
            alt.Opacity("shade:Q", scale=alt.Scale(domain=[0, 1], range=[0, 0.75]), legend=None),
        ),
    )
    numbers = base.mark_text(fontSize=12, cursor="pointer").encode(
        text=alt.Text("count:Q"),
        opacity=alt.condition(alt.datum.count > 0, alt.value(1), alt.value(0.25)),
    )
    chart = alt.layer(cells.add_params(pressed), numbers)
    return detach_data(chart.properties(width="container", height=_SIZE))


def pressed_cell(event: Mapping[str, Any]) -> tuple[int, int] | None:
    """Return label and prediction of a pressed cell, None if the browser names no cell."""
    try:
        cell = event["selection"][CELL][0]
        label, prediction = int(cell["label"]), int(cell["prediction"])
    except (KeyError, IndexError, TypeError, ValueError, OverflowError):
        return None
    is_one = label in range(DIGITS) and prediction in range(DIGITS)
    return (label, prediction) if is_one else None


def by_digit_data(matrix: Counts) -> pd.DataFrame:
    """Return one row for each digit: its images, the share read right, the mistakes."""
    shares = accuracy_by_digit(matrix)
    totals = matrix.sum(axis=1)
    rows = [
        (digit, float(shares[digit]), int(totals[digit]), int(totals[digit] - matrix[digit, digit]))
        for digit in range(DIGITS)
    ]
    return pd.DataFrame(rows, columns=["digit", "accuracy", "images", "mistakes"])


@st.cache_resource(show_spinner=False)
def by_digit_spec() -> Spec:
    """Return the bars of each digit's error rate, with the numbers beside them."""
    # Vega's own percent sign follows the number without a space.
    share = "datum.images ? format(100 * datum.accuracy, '.1f') + ' %' : '–'"
    base = (
        alt.Chart(pd.DataFrame({"digit": []}))
        .transform_calculate(share=share)
        .encode(
            y=alt.Y(
                "digit:O", title=None, axis=alt.Axis(ticks=False, domain=False, labelFontSize=13)
            ),
            tooltip=[
                alt.Tooltip("digit:O", title="Digit"),
                alt.Tooltip("share:N", title="Read right"),
                alt.Tooltip("mistakes:Q", title="Mistakes"),
                alt.Tooltip("images:Q", title="Images"),
            ],
        )
    )
    bars = base.mark_bar(color=ACCENT, cornerRadiusEnd=3, height=14).encode(
        x=alt.X("mistakes:Q", title="Mistakes", axis=alt.Axis(grid=False, tickCount=4, format="d"))
    )
    numbers = base.mark_text(align="left", dx=6).encode(x="mistakes:Q", text=alt.Text("share:N"))
    chart = alt.layer(bars, numbers).properties(
        # The longest bar's number stands right of the axis.
        width="container",
        height=_SIZE,
        padding={"left": 5, "top": 5, "right": 44, "bottom": 5},
    )
    return detach_data(chart)
