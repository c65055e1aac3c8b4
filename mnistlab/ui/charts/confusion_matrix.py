"""The confusion matrix, whose cells can be selected."""

from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from mnistlab.core.arrays import Counts
from mnistlab.core.settings.config import DIGITS
from mnistlab.ui.charts import toolkit
from mnistlab.ui.charts.palette import ACCENT, QUIET

CELL = "cell"
"""The name of the selection parameter."""

HEIGHT = 380


def matrix_data(matrix: Counts) -> pd.DataFrame:
    """Return one row for each cell: label, prediction, count, shade (0 to 1) and right."""
    mistakes = matrix.copy()
    mistakes[range(DIGITS), range(DIGITS)] = 0
    most = max(int(mistakes.max()), 1)
    cells = [
        (label, prediction, int(matrix[label, prediction]), mistakes[label, prediction] / most)
        for label in range(DIGITS)
        for prediction in range(DIGITS)
    ]
    data = pd.DataFrame(cells, columns=["label", "prediction", "count", "shade"])
    return data.assign(right=data["label"] == data["prediction"])


@toolkit.build_once
def matrix_spec() -> toolkit.Spec:
    """Return the chart's spec."""
    pressed = alt.selection_point(name=CELL, fields=["label", "prediction"])
    base = toolkit.rows().encode(
        x=alt.X("prediction:O", title="Predicted", axis=alt.Axis(orient="top", labelAngle=0)),
        y=alt.Y("label:O", title="True label"),
        tooltip=[
            alt.Tooltip("label:O", title="True label"),
            alt.Tooltip("prediction:O", title="Predicted"),
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
    return toolkit.to_spec([cells.add_params(pressed), numbers], HEIGHT)


def pressed_cell(event: Mapping[str, Any]) -> tuple[int, int] | None:
    """Return label and prediction of the selected cell, None if the event has no valid cell."""
    try:
        cell = event["selection"][CELL][0]
        label, prediction = int(cell["label"]), int(cell["prediction"])
    except (KeyError, IndexError, TypeError, ValueError, OverflowError):
        return None
    is_one = label in range(DIGITS) and prediction in range(DIGITS)
    return (label, prediction) if is_one else None
