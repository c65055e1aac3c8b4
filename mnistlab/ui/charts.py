"""The charts' Vega-Lite specs, and the data that flows into them.

A spec is built once with Altair and never changes while a run goes on: Streamlit then
swaps the data into the chart that is there, where a changed spec would draw a new one.
Building a chart anew takes 16 ms of the server, sending data to this one 0.24 ms.
"""

import functools
import operator
from typing import Any

import altair as alt
import pandas as pd
import pyarrow as pa

from mnistlab.core.history import History, StepPoint

Spec = dict[str, Any]
"""Vega-Lite's JSON, which Streamlit takes as it is."""

TRAINING = "training"
VALIDATION = "validation"
ACCENT = "#3b66f0"
QUIET = "#8a93a6"
"""Both are readable on the light and on the dark background (contrast above 3:1)."""

CHART_HEIGHT = 260
_MOST_TRAINING_POINTS = 600
"""Above 2,000 rows in all Streamlit changes the way it draws, and with it the chart."""

_COLUMNS = pa.schema(
    {
        "epoch": pa.float64(),
        "split": pa.string(),
        "loss": pa.float64(),
        "accuracy": pa.float64(),
        "best": pa.bool_(),
    }
)


def curve_data(history: History) -> pa.Table:
    """Return the curves as rows: epoch, split, loss, accuracy, best (only the best epoch).

    A table of Arrow's is what Streamlit sends; a pandas frame would cost twenty times as
    much, most of it for being turned into this one.
    """
    training = _thin_out(history.steps)
    validation = [point for point in history.epochs if point.validation_loss is not None]
    best = history.best_epoch
    columns = {
        "epoch": [*(p.epoch for p in training), *(p.epoch for p in validation)],
        "split": [TRAINING] * len(training) + [VALIDATION] * len(validation),
        "loss": [*(p.train_loss for p in training), *(p.validation_loss for p in validation)],
        "accuracy": [
            *(p.train_accuracy for p in training),
            *(p.validation_accuracy for p in validation),
        ],
        "best": [False] * len(training) + [p is best for p in validation],
    }
    return pa.table(columns, schema=_COLUMNS)


def _thin_out(steps: list[StepPoint]) -> list[StepPoint]:
    """Return few enough points: the first, the last, and each stretch's lowest and highest loss.

    Stretches begin where they began before, so that the line does not flicker as it grows.
    """
    if len(steps) <= _MOST_TRAINING_POINTS:
        return steps
    length = _stretch_length(len(steps))
    kept = [steps[0], steps[-1]]
    for start in range(0, len(steps), length):
        stretch = steps[start : start + length]
        kept += (min(stretch, key=_loss), max(stretch, key=_loss))
    return [point for _, point in sorted({point.step: point for point in kept}.items())]


_loss = operator.attrgetter("train_loss")


def _stretch_length(points: int) -> int:
    """Return how many points make a stretch: a power of two, which rarely changes."""
    length = 2
    while 2 * -(-points // length) + 2 > _MOST_TRAINING_POINTS:
        length *= 2
    return length


@functools.cache
def loss_spec(epochs: int, log: bool) -> Spec:
    """Return the chart of loss by epoch, on a logarithmic scale if `log`."""
    scale = alt.Scale(type="log", nice=True) if log else alt.Scale(zero=True, nice=True)
    return _curve_spec("loss", "Loss", ".4f", scale, epochs)


@functools.cache
def accuracy_spec(epochs: int, zoom: bool) -> Spec:
    """Return the chart of accuracy by epoch, from 90 % upwards if `zoom`."""
    scale = alt.Scale(domain=[0.9 if zoom else 0, 1])
    return _curve_spec("accuracy", "Accuracy", ".2%", scale, epochs)


def _curve_spec(field: str, title: str, number: str, scale: alt.Scale, epochs: int) -> Spec:
    base = alt.Chart(pd.DataFrame({"epoch": []})).encode(
        x=alt.X(
            "epoch:Q",
            title="Epoch",
            scale=alt.Scale(domain=[0, epochs], nice=False),
            axis=alt.Axis(grid=False, tickMinStep=1, format="d", tickCount=min(epochs, 8)),
        ),
        y=alt.Y(
            f"{field}:Q",
            title=None,
            scale=scale,
            # A fixed margin: longer numbers must not push the plot aside.
            axis=alt.Axis(
                minExtent=40, maxExtent=40, tickCount=5, format="%" if field == "accuracy" else "~g"
            ),
        ),
        color=alt.Color(
            "split:N",
            title=None,
            scale=alt.Scale(domain=[TRAINING, VALIDATION], range=[QUIET, ACCENT]),
            legend=alt.Legend(orient="top", symbolType="stroke", symbolStrokeWidth=3, offset=2),
        ),
    )
    chart = alt.layer(*_layers(base, field, title, number)).properties(
        height=CHART_HEIGHT, width="container"
    )
    return detach_data(chart)


def detach_data(chart: alt.LayerChart | alt.FacetChart) -> Spec:
    """Return a chart's spec without the empty data that it was built with."""
    spec = chart.to_dict()
    spec.pop("datasets", None)
    for layer in (spec, *spec["layer"]):
        layer.pop("data", None)
    return spec


def _layers(base: alt.Chart, field: str, title: str, number: str) -> list[alt.Chart]:
    near = alt.selection_point(
        name=f"near_{field}", on="pointerover", nearest=True, fields=["epoch"], empty=False
    )
    tooltip = [
        alt.Tooltip("split:N", title="Images"),
        alt.Tooltip("epoch:Q", title="Epoch", format=".2f"),
        alt.Tooltip(f"{field}:Q", title=title, format=number),
    ]
    training = base.transform_filter(alt.datum.split == TRAINING)
    validation = base.transform_filter(alt.datum.split == VALIDATION)
    best = base.transform_filter(alt.datum.best)
    return [
        training.mark_line(strokeWidth=1.5, clip=True),
        validation.mark_line(strokeWidth=2.5, clip=True),
        # Points tell validation from training without colour.
        validation.mark_point(filled=True, size=34, opacity=1, clip=True),
        best.mark_point(size=150, strokeWidth=2, opacity=1, shape="diamond"),
        best.mark_text(dy=-14, fontWeight="bold").encode(text=alt.value("best")),
        base.mark_point(size=200, opacity=0).encode(tooltip=tooltip).add_params(near),
        base.mark_rule(strokeWidth=1, opacity=0.4)
        .transform_filter(near)
        .encode(y=alt.value(0), y2=alt.value(CHART_HEIGHT), color=alt.value(QUIET)),
    ]
