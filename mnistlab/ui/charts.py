"""The charts' Vega-Lite specs; the data that flows into them comes from `ui/curve_rows.py`.

A spec is built once with Altair and never changes while a run goes on: Streamlit then
swaps the data into the chart that is there, where a changed spec would draw a new one.
Building one takes 0.15 s of the server, sending data to it 0.24 ms. Streamlit's cache
lets one visitor build while the others wait for the same spec: when a class of 29 pressed
Train together, each building its own, the page took eight to ten seconds to come.
"""

from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from mnistlab.ui.curve_rows import BEGAN, TRAINING, VALIDATION, WORSE

Spec = dict[str, Any]
"""Vega-Lite's JSON, which Streamlit takes as it is."""

ACCENT = "#3b66f0"
QUIET = "#8a93a6"
"""Both are readable on the light and on the dark background (contrast above 3:1)."""

CHART_HEIGHT = 260


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
