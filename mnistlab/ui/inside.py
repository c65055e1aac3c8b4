"""A look inside the network: what the probes saw in each layer, drawn when asked for."""

from collections.abc import Callable
from dataclasses import dataclass

import altair as alt
import pandas as pd
import pyarrow as pa
import streamlit as st

from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.events import LayerState
from mnistlab.core.training.history import History
from mnistlab.ui.charts import ACCENT, CHART_HEIGHT, QUIET, Spec, detach_data, epoch_axis


@dataclass(frozen=True)
class Figure:
    """Something that a probe sees in a layer.

    Attributes:
        label: Its name for people.
        hint: One sentence on what it is, and what is usual.
        read: Takes it from a layer; None where the layer has none.
        is_share: Whether it is a share from 0 to 1; else its scale is logarithmic.
    """

    label: str
    hint: str
    read: Callable[[LayerState], float | None]
    is_share: bool


FIGURES = {
    "gradient": Figure(
        "Gradient",
        "Norm of the loss's gradient by the layer's weights, on one batch. If it shrinks a "
        "hundredfold from the last layer to the first, the first ones hardly learn.",
        lambda layer: layer.gradient,
        is_share=False,
    ),
    "step": Figure(
        "Step",
        "By what share of themselves one step changed the layer's weights. About 0.1 % is usual; "
        "a hundredth of it is slow, a hundred times as much is wild.",
        lambda layer: layer.update,
        is_share=False,
    ),
    "distance": Figure(
        "Way from the start",
        "How far the layer's weights are from where they began, as a share of what they were.",
        lambda layer: layer.distance,
        is_share=False,
    ),
    "flat": Figure(
        "Flat answers",
        "Share of the units' answers to 256 training images that lie where the activation is "
        "nearly flat, so that nothing is learned from them. For ReLU about half is usual.",
        lambda layer: layer.flat,
        is_share=True,
    ),
    "dead": Figure(
        "Dead units",
        "Share of the units that are flat for all of 256 training images.",
        lambda layer: layer.dead,
        is_share=True,
    ),
    "copies": Figure(
        "Copies",
        "Share of the units that have another unit's very weights.",
        lambda layer: layer.copies,
        is_share=True,
    ),
}

_COLUMNS = pa.schema({"epoch": pa.float64(), "layer": pa.int64(), "value": pa.float64()})
_KEY = "inside_figure"


def show_inside(config: RunConfig, history: History) -> None:
    """Show a switch, and if it is on what was seen inside the network."""
    if not st.toggle("Look inside the network", key="inside") or not history.probes:
        return
    name = st.segmented_control(
        "What to look at",
        list(FIGURES),
        format_func=lambda name: FIGURES[name].label,
        default="gradient",
        required=True,
        key=_KEY,
        label_visibility="collapsed",
    )
    figure = FIGURES[name]
    st.markdown(f":gray[{figure.hint}]")
    with st.container(key="inside_panel"):
        st.vega_lite_chart(
            inside_data(history, figure),
            inside_spec(name, config.hidden_layers + 1, config.epochs),
            key="inside_chart",
            alt=f"{figure.label} of each layer by epoch",
        )


def inside_data(history: History, figure: Figure) -> pa.Table:
    """Return one row for each probe and layer that has the figure: epoch, layer, value."""
    rows = [
        {"epoch": probe.epoch, "layer": number, "value": value}
        for probe in history.probes
        for number, layer in enumerate(probe.layers, start=1)
        if (value := figure.read(layer)) is not None and (figure.is_share or value > 0)
    ]
    return pa.Table.from_pylist(rows, schema=_COLUMNS)


@st.cache_resource(show_spinner=False)
def inside_spec(name: str, layers: int, epochs: int) -> Spec:
    """Return the chart of one figure: a line for each layer, the first the most colourful."""
    figure = FIGURES[name]
    base = alt.Chart(pd.DataFrame({"epoch": []})).encode(
        x=epoch_axis(epochs),
        y=alt.Y("value:Q", title=None, scale=_scale(figure), axis=_axis(figure)),
        color=alt.Color(
            "layer:O",
            title="Layer",
            scale=alt.Scale(domain=list(range(1, layers + 1)), range=_shades(layers)),
            legend=alt.Legend(orient="top", symbolType="stroke", symbolStrokeWidth=3),
        ),
    )
    newest = base.transform_window(
        newest="rank()", sort=[alt.SortField("epoch", order="descending")], groupby=["layer"]
    ).transform_filter(alt.datum.newest == 1)
    layered = alt.layer(
        base.mark_line(strokeWidth=2, clip=True),
        # Numbers at the lines' ends tell them apart without colour.
        newest.mark_text(align="left", dx=5, fontWeight="bold").encode(text="layer:O"),
        base.mark_point(size=160, opacity=0).encode(tooltip=_tooltip(figure)),
    )
    return detach_data(layered.properties(height=CHART_HEIGHT, width="container"))


def _tooltip(figure: Figure) -> list[alt.Tooltip]:
    number = ".1%" if figure.is_share else ".3~g"
    return [
        alt.Tooltip("layer:O", title="Layer"),
        alt.Tooltip("epoch:Q", title="Epoch", format=".2f"),
        alt.Tooltip("value:Q", title=figure.label, format=number),
    ]


def _scale(figure: Figure) -> alt.Scale:
    return alt.Scale(domain=[0, 1]) if figure.is_share else alt.Scale(type="log", nice=True)


def _axis(figure: Figure) -> alt.Axis:
    return alt.Axis(
        # A fixed margin: longer numbers must not push the plot aside.
        minExtent=48,
        maxExtent=48,
        tickCount=5,
        # Logarithmic scales have nine lines for each power of ten.
        grid=figure.is_share,
        format="%" if figure.is_share else "~g",
    )


def _shades(layers: int) -> list[str]:
    """Return a colour for each layer, from the accent to grey."""
    if layers == 1:
        return [ACCENT]
    return [_blend(number / (layers - 1)) for number in range(layers)]


def _blend(share: float) -> str:
    mixed = (
        round((1 - share) * int(ACCENT[at : at + 2], 16) + share * int(QUIET[at : at + 2], 16))
        for at in (1, 3, 5)
    )
    return "#" + "".join(f"{part:02x}" for part in mixed)
