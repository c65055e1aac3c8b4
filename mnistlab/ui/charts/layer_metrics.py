"""The chart of a layer metric by epoch: a line for each layer."""

from collections.abc import Callable
from dataclasses import dataclass

import altair as alt
import pyarrow as pa

from mnistlab.core.training.events import LayerState
from mnistlab.core.training.history import History
from mnistlab.ui.charts import toolkit
from mnistlab.ui.charts.palette import blend


@dataclass(frozen=True)
class LayerMetric:
    """A number that a probe measures in each layer.

    Attributes:
        label: Its name.
        hint: Its meaning, and its usual values.
        read: Returns its value for a layer; None if the layer has none.
        is_share: Whether it is a share from 0 to 1; else its scale is logarithmic.
    """

    label: str
    hint: str
    read: Callable[[LayerState], float | None]
    is_share: bool


LAYER_METRICS = {
    "gradient": LayerMetric(
        "Gradient norm",
        "How strongly the loss reacts to a layer's weights, on one batch. If it is a hundred "
        "times smaller in the first layer than in the last, the first layers barely learn.",
        lambda layer: layer.gradient,
        is_share=False,
    ),
    "step": LayerMetric(
        "Update-to-weight ratio",
        "One step's size relative to the weights. About 0.1% is typical, 0.001% slow, 10% "
        "unstable.",
        lambda layer: layer.update,
        is_share=False,
    ),
    "distance": LayerMetric(
        "Distance from initialization",
        "How far a layer's weights have moved, relative to their values before the first step.",
        lambda layer: layer.distance,
        is_share=False,
    ),
    "flat": LayerMetric(
        "Saturated activations",
        "Share of activations on 256 training images where the curve is nearly flat, so almost "
        "nothing is learned. For ReLU these are inactive activations; about half is typical.",
        lambda layer: layer.flat,
        is_share=True,
    ),
    "dead": LayerMetric(
        "Dead units",
        "Share of units that are saturated (ReLU: inactive) for all of 256 training images.",
        lambda layer: layer.dead,
        is_share=True,
    ),
    "copies": LayerMetric(
        "Duplicate units",
        "Share of units with the same weights as another unit. Identical units learn the same "
        "thing.",
        lambda layer: layer.copies,
        is_share=True,
    ),
}

_COLUMNS = pa.schema({"epoch": pa.float64(), "layer": pa.int64(), "value": pa.float64()})


def inside_data(history: History, metric: LayerMetric) -> pa.Table:
    """Return one row for each probe and layer with a value: epoch, layer, value."""
    values = [
        {"epoch": probe.epoch, "layer": number, "value": value}
        for probe in history.probes
        for number, layer in enumerate(probe.layers, start=1)
        if (value := metric.read(layer)) is not None and (metric.is_share or value > 0)
    ]
    return pa.Table.from_pylist(values, schema=_COLUMNS)


@toolkit.build_once
def inside_spec(name: str, layers: int, epochs: int) -> toolkit.Spec:
    """Return the chart of one metric: a line for each layer, from the accent colour to grey."""
    metric = LAYER_METRICS[name]
    shades = [blend(number / max(layers - 1, 1)) for number in range(layers)]
    base = toolkit.rows().encode(
        x=toolkit.epoch_axis(epochs),
        y=_upwards(metric),
        color=alt.Color(
            "layer:O",
            title="Layer",
            scale=alt.Scale(domain=list(range(1, layers + 1)), range=shades),
            legend=alt.Legend(orient="top", symbolType="stroke", symbolStrokeWidth=3),
        ),
    )
    newest = base.transform_window(
        newest="rank()", sort=[alt.SortField("epoch", order="descending")], groupby=["layer"]
    ).transform_filter(alt.datum.newest == 1)
    return toolkit.to_spec(
        [
            base.mark_line(strokeWidth=2, clip=True),
            # Numbers at the lines' ends distinguish them without colour.
            newest.mark_text(align="left", dx=5, fontWeight="bold").encode(text="layer:O"),
            _hover(base, metric),
        ]
    )


def _upwards(metric: LayerMetric) -> alt.Y:
    wide = {"minExtent": 48, "maxExtent": 48}
    if metric.is_share:
        return toolkit.value_axis("value", alt.Scale(domain=[0, 1]), "%", grid=True, **wide)
    scale = alt.Scale(
        domain=[toolkit.lowest("value"), toolkit.highest("value")], type="log", nice=True
    )
    # No grid, since a logarithmic scale has nine lines for each power of ten.
    return toolkit.value_axis("value", scale, "~g", grid=False, **wide)


def _hover(base: alt.Chart, metric: LayerMetric) -> alt.Chart:
    tooltip = [
        alt.Tooltip("layer:O", title="Layer"),
        alt.Tooltip("epoch:Q", title="Epoch", format=".2f"),
        alt.Tooltip("written:N", title=metric.label),
    ]
    written = toolkit.written_number("value", ".1%" if metric.is_share else ".3~g")
    points: alt.Chart = base.transform_calculate(written=written).mark_point(size=160, opacity=0)
    return points.encode(tooltip=tooltip)
