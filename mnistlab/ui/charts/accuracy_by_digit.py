"""The bar chart of each digit's mistakes, with its accuracy."""

import altair as alt
import pandas as pd

from mnistlab.core.analysis.metrics import accuracy_by_digit
from mnistlab.core.arrays import Counts
from mnistlab.core.settings.config import DIGITS
from mnistlab.ui.charts import toolkit
from mnistlab.ui.charts.confusion_matrix import HEIGHT
from mnistlab.ui.charts.palette import ACCENT


def by_digit_data(matrix: Counts) -> pd.DataFrame:
    """Return one row for each digit: accuracy, images, mistakes."""
    shares = accuracy_by_digit(matrix)
    totals = matrix.sum(axis=1)
    bars = [
        (digit, float(shares[digit]), int(totals[digit]), int(totals[digit] - matrix[digit, digit]))
        for digit in range(DIGITS)
    ]
    return pd.DataFrame(bars, columns=["digit", "accuracy", "images", "mistakes"])


@toolkit.build_once
def by_digit_spec() -> toolkit.Spec:
    """Return the chart's spec."""
    base = (
        toolkit.rows()
        .transform_calculate(share="datum.images ? format(datum.accuracy, '.1%') : 'n/a'")
        .encode(
            y=alt.Y(
                "digit:O", title=None, axis=alt.Axis(ticks=False, domain=False, labelFontSize=13)
            ),
            tooltip=[
                alt.Tooltip("digit:O", title="Digit"),
                alt.Tooltip("share:N", title="Accuracy"),
                alt.Tooltip("mistakes:Q", title="Mistakes"),
                alt.Tooltip("images:Q", title="Images"),
            ],
        )
    )
    bars = base.mark_bar(color=ACCENT, cornerRadiusEnd=3, height=14).encode(
        x=alt.X(
            "mistakes:Q",
            title="Mistakes",
            scale=alt.Scale(domain=[0, toolkit.highest("mistakes")], nice=True),
            axis=alt.Axis(grid=False, tickCount=4, format="d"),
        )
    )
    numbers = base.mark_text(align="left", dx=6).encode(x="mistakes:Q", text=alt.Text("share:N"))
    # Room for the number right of the longest bar.
    padding = {"left": 5, "top": 5, "right": 44, "bottom": 5}
    return toolkit.to_spec([bars, numbers], HEIGHT, padding=padding)
