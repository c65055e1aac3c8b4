"""The charts' Vega-Lite specs, and the data that flows into them.

A spec is built once with Altair and never changes while a run goes on: Streamlit then
swaps the data into the chart that is there, where a changed spec would draw a new one.
Building one takes 0.15 s of the server, sending data to it 0.24 ms. Streamlit's cache
lets one visitor build while the others wait for the same spec: when a class of 29 pressed
Train together, each building its own, the page took eight to ten seconds to come.
"""

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
import pyarrow as pa
import streamlit as st

from mnistlab.core.curves import telling_points
from mnistlab.core.diagnosis.overfitting import Finding, Onset
from mnistlab.core.events import EpochPoint, StepPoint
from mnistlab.core.history import History, Measure
from mnistlab.core.metrics import NORMAL_95

Spec = dict[str, Any]
"""Vega-Lite's JSON, which Streamlit takes as it is."""

TRAINING = "training"
VALIDATION = "validation"
BEGAN, WORSE = "overfitting began, by ", "overfitting, by "
ACCENT = "#3b66f0"
QUIET = "#8a93a6"
"""Both are readable on the light and on the dark background (contrast above 3:1)."""

CHART_HEIGHT = 260


@dataclass(frozen=True)
class Detail:
    """How closely lines are drawn.

    Attributes:
        points: How many of the training line's points are drawn at most.
        told: How many of each line's points at most tell their numbers when pointed at.
    """

    points: int
    told: int


WHOLE = Detail(points=600, told=600)
"""Above 2,000 rows in all Streamlit changes the way it draws, and with it the chart."""

WHILE_TRAINING = Detail(points=200, told=40)
"""With each look at a run the browser draws all of its points anew, which takes from the
training. A chart is some 300 pixels wide, and a point that is told is two elements of the page."""

_COLUMNS = pa.schema(
    {
        "epoch": pa.float64(),
        "split": pa.string(),
        "loss": pa.float64(),
        "accuracy": pa.float64(),
        "loss_margin": pa.float64(),
        "accuracy_margin": pa.float64(),
        "best": pa.bool_(),
        "until": pa.float64(),
        "told": pa.bool_(),
    }
)


def curve_data(
    history: History, findings: Mapping[Measure, Finding], detail: Detail = WHOLE
) -> pa.Table:
    """Return the curves as rows: epoch, split, loss, accuracy, best (only the best epoch).

    Of validation there is also how far chance could move loss and accuracy, at 95 %. Points
    that are told show their numbers when pointed at.

    For a measure that overfits there are two more, whose `split` is BEGAN or WORSE with the
    measure's name: stretches from `epoch` to `until`.

    A table of Arrow's is what Streamlit sends; a pandas frame would cost twenty times as
    much, most of it for being turned into this one.
    """
    places = _thin_out(history.steps, detail.points)
    training = [history.steps[place] for place in places]
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
        "loss_margin": [None] * len(training) + [_margin(p, Measure.LOSS) for p in validation],
        "accuracy_margin": [
            *([None] * len(training)),
            *(_margin(p, Measure.ACCURACY) for p in validation),
        ],
        "best": [False] * len(training) + [p is best for p in validation],
        "until": [None] * (len(training) + len(validation)),
        "told": _told(places, detail.told) + _told(range(len(validation)), detail.told),
    }
    curves = pa.table(columns, schema=_COLUMNS)
    stretches = [row for measure, found in findings.items() for row in _stretches(measure, found)]
    return pa.concat_tables([curves, pa.Table.from_pylist(stretches, schema=_COLUMNS)])


def _told(places: Sequence[int], most: int) -> list[bool]:
    """Choose from the points at `places` of a line the first of each stretch, or all."""
    if len(places) <= most:
        return [True] * len(places)
    # A power of two: a point that is pointed at stays while the line grows.
    apart = 2 ** math.ceil(math.log2((places[-1] + 1) / most))
    stretches = [-1, *(place // apart for place in places)]
    return [now != before for before, now in itertools.pairwise(stretches)]


def _margin(point: EpochPoint, measure: Measure) -> float | None:
    if point.errors is None:
        return None
    error = point.errors.loss if measure is Measure.LOSS else point.errors.accuracy
    return NORMAL_95 * error


def _stretches(measure: Measure, finding: Finding) -> list[dict[str, object]]:
    if not isinstance(finding, Onset):
        return []
    return [
        {"split": BEGAN + measure, "epoch": finding.earliest, "until": finding.latest},
        {"split": WORSE + measure, "epoch": finding.latest, "until": finding.now.epoch},
    ]


def _thin_out(steps: Sequence[StepPoint], most: int) -> list[int]:
    """Return the places of few enough points, those with the lowest and highest losses."""
    return telling_points(np.array([point.train_loss for point in steps]), most)


@st.cache_resource(show_spinner=False)
def loss_spec(epochs: int, log: bool) -> Spec:
    """Return the chart of loss by epoch, on a logarithmic scale if `log`."""
    scale = alt.Scale(type="log", nice=True) if log else alt.Scale(zero=True, nice=True)
    return _curve_spec("loss", "Loss", ".4f", scale, epochs)


@st.cache_resource(show_spinner=False)
def accuracy_spec(epochs: int, zoom: bool) -> Spec:
    """Return the chart of accuracy by epoch, from 90 % upwards if `zoom`."""
    scale = alt.Scale(domain=[0.9 if zoom else 0, 1])
    return _curve_spec("accuracy", "Accuracy", ".2%", scale, epochs)


def _curve_spec(field: str, title: str, number: str, scale: alt.Scale, epochs: int) -> Spec:
    base = alt.Chart(pd.DataFrame({"epoch": []})).encode(
        x=epoch_axis(epochs),
        y=alt.Y(
            f"{field}:Q",
            title=None,
            scale=scale,
            # A fixed margin: longer numbers must not push the plot aside.
            axis=alt.Axis(
                minExtent=40,
                maxExtent=40,
                tickCount=5,
                format="%" if field == "accuracy" else ".3~r",
            ),
        ),
        color=alt.Color(
            "split:N",
            title=None,
            scale=alt.Scale(domain=[TRAINING, VALIDATION], range=[QUIET, ACCENT]),
            legend=alt.Legend(orient="top", symbolType="stroke", symbolStrokeWidth=3, offset=2),
        ),
    )
    layers = [*_shades(field, epochs), *_layers(base, field, title, number)]
    chart = alt.layer(*layers).properties(height=CHART_HEIGHT, width="container")
    return detach_data(chart)


def epoch_axis(epochs: int) -> alt.X:
    """Return the way sideways of a chart by epoch, which ends where the run will."""
    return alt.X(
        "epoch:Q",
        title="Epoch",
        scale=alt.Scale(domain=[0, epochs], nice=False),
        axis=alt.Axis(grid=False, tickMinStep=1, format="d", tickCount=min(epochs, 8)),
    )


def detach_data(chart: alt.LayerChart | alt.FacetChart) -> Spec:
    """Return a chart's spec without the empty data that it was built with."""
    spec = chart.to_dict()
    spec.pop("datasets", None)
    for layer in (spec, *spec["layer"]):
        layer.pop("data", None)
    return spec


def _shades(field: str, epochs: int) -> list[alt.Chart]:
    """Shade the stretch in which overfitting began, and less so the one since."""
    began, since = (
        alt.Chart(pd.DataFrame({"epoch": []}))
        .transform_filter(alt.datum.split == kind + field)
        .encode(x="epoch:Q", y=alt.value(0), y2=alt.value(CHART_HEIGHT), color=alt.value(QUIET))
        for kind in (BEGAN, WORSE)
    )
    # In the half in which there is room for the words.
    is_late = f"datum.epoch > {epochs / 2}"
    words = {"text": alt.value("overfitting began"), "y": alt.value(10), "y2": alt.Undefined}
    return [
        since.mark_rect(opacity=0.14, clip=True).encode(x2="until:Q"),
        began.mark_rect(opacity=0.3, clip=True).encode(x2="until:Q"),
        began.transform_filter(f"!({is_late})").mark_text(align="left", dx=4).encode(**words),
        began.transform_filter(is_late).mark_text(align="right", dx=-4).encode(**words),
    ]


def _layers(base: alt.Chart, field: str, title: str, number: str) -> list[alt.Chart]:
    near = alt.selection_point(
        name=f"near_{field}", on="pointerover", nearest=True, fields=["epoch"], empty=False
    )
    tooltip = [
        alt.Tooltip("split:N", title="Images"),
        alt.Tooltip("epoch:Q", title="Epoch", format=".2f"),
        alt.Tooltip("written:N", title=title),
    ]
    training = base.transform_filter(alt.datum.split == TRAINING)
    validation = base.transform_filter(alt.datum.split == VALIDATION)
    points = base.transform_filter(f"datum.told && isValid(datum.{field})").transform_calculate(
        written=f"format(datum.{field}, '{number}') + (isValid(datum.{field}_margin) ? "
        f"' ± ' + format(datum.{field}_margin, '{number}') : '')"
    )
    best = base.transform_filter(alt.datum.best)
    return [
        training.mark_line(strokeWidth=1.5, clip=True),
        validation.mark_line(strokeWidth=2.5, clip=True),
        # Points tell validation from training without colour.
        validation.mark_point(filled=True, size=34, opacity=1, clip=True),
        best.mark_point(size=150, strokeWidth=2, opacity=1, shape="diamond"),
        # Where the curve leaves room: accuracy ends below the legend, loss on the axis.
        best.mark_text(dy=20 if field == "accuracy" else -14, fontWeight="bold").encode(
            text=alt.value("best")
        ),
        points.mark_point(size=200, opacity=0).encode(tooltip=tooltip).add_params(near),
        points.mark_rule(strokeWidth=1, opacity=0.4)
        .transform_filter(near)
        .encode(y=alt.value(0), y2=alt.value(CHART_HEIGHT), color=alt.value(QUIET)),
    ]
