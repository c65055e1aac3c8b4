"""The chart of a layer metric by epoch: a line for each layer."""

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import altair as alt
import pyarrow as pa

from mnistlab.core.training.events import LayerState
from mnistlab.core.training.history import History
from mnistlab.ui import formatting
from mnistlab.ui.charts import toolkit
from mnistlab.ui.charts.line_ends import place_names
from mnistlab.ui.charts.palette import LIGHT
from mnistlab.ui.charts.scales import ValueRange


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

LINE, NUMBER, TIP = "line", "number", "tip"
"""Kinds of rows."""

_PLOT_HEIGHT = 200.0
"""Of the axis, in pixels, or a little less."""

_COLUMNS = pa.schema(
    {
        "kind": pa.string(),
        "epoch": pa.float64(),
        "layer": pa.int64(),
        "colour": pa.string(),
        "value": pa.float64(),
        "text": pa.string(),
        "low": pa.float64(),
        "high": pa.float64(),
    }
)


@dataclass(frozen=True)
class _Measured:
    """A layer's value at a probe."""

    epoch: float
    layer: int
    value: float


def inside_data(history: History, metric: LayerMetric) -> pa.Table:
    """Return a row for each probe and layer with a value, and those of numbers and tooltips."""
    measured = [
        _Measured(probe.epoch, number, value)
        for probe in history.probes
        for number, layer in enumerate(probe.layers, start=1)
        if (value := metric.read(layer)) is not None
        and math.isfinite(value)
        and (metric.is_share or value > 0)
    ]
    limits = _limits(metric, [each.value for each in measured])
    # At least one row has the axis's ends.
    ends = {"kind": "ends", "low": limits.low, "high": limits.high}
    lines = [_row(LINE, each, each.value) for each in measured]
    rows = [ends, *lines, *_numbers(metric, measured, limits), *_tips(metric, measured)]
    return pa.Table.from_pylist(rows, schema=_COLUMNS)


def _limits(metric: LayerMetric, values: Sequence[float]) -> ValueRange:
    """Return the ends of the axis; a logarithmic one has whole powers of ten."""
    if metric.is_share:
        return ValueRange(0.0, 1.0)
    low = math.floor(math.log10(min(values, default=0.1)))
    high = math.ceil(math.log10(max(values, default=1.0)))
    return ValueRange(10.0**low, 10.0 ** max(high, low + 1))


def _row(kind: str, measured: _Measured, value: float) -> dict[str, object]:
    colour = str((measured.layer - 1) % len(LIGHT))
    return {
        "kind": kind,
        "epoch": measured.epoch,
        "layer": measured.layer,
        "colour": colour,
        "value": value,
    }


def _numbers(
    metric: LayerMetric, measured: Sequence[_Measured], limits: ValueRange
) -> list[dict[str, object]]:
    """Return the places of the layers' numbers, at their lines' ends."""
    ends = list({each.layer: each for each in measured}.values())
    values = [end.value for end in ends]
    places = place_names(values, limits, _PLOT_HEIGHT, is_logarithmic=not metric.is_share)
    return [_row(NUMBER, end, place) for end, place in zip(ends, places, strict=True)]


def _tips(metric: LayerMetric, measured: Sequence[_Measured]) -> list[dict[str, object]]:
    """Return the tooltip of each probe, with its layers by decreasing value."""
    tips = []
    for epoch, group in itertools.groupby(measured, key=lambda each: each.epoch):
        layers = sorted(group, key=lambda each: -each.value)
        lines = [f"{_write(metric, each.value)}  layer {each.layer}" for each in layers]
        text = "\n".join([formatting.epoch(epoch), *lines])
        tips.append({"kind": TIP, "epoch": epoch, "text": text})
    return tips


def _write(metric: LayerMetric, value: float) -> str:
    return formatting.percent(value, 1) if metric.is_share else formatting.number(value)


@toolkit.build_once
def inside_spec(name: str, epochs: int) -> toolkit.Spec:
    """Return the chart of one metric: a line for each layer, with its number at the end."""
    is_share = LAYER_METRICS[name].is_share
    base = toolkit.rows().encode(x=toolkit.count_axis("epoch", "epochs", epochs))
    layers = base.encode(
        y=toolkit.range_axis("value", is_share, is_logarithmic=not is_share), detail="layer:N"
    )
    lines = layers.transform_filter(alt.datum.kind == LINE).mark_line(strokeWidth=1.75, clip=True)
    # Numbers at the lines' ends distinguish them without colour.
    numbers = layers.transform_filter(alt.datum.kind == NUMBER).mark_text(
        align="left", dx=5, fontWeight=600
    )
    tips = base.transform_filter(alt.datum.kind == TIP)
    return toolkit.to_spec(
        [
            lines.encode(color=toolkit.colour_by("colour")),
            numbers.encode(text="layer:N"),
            *toolkit.tooltip_layers(tips, "epoch", "near_probe"),
        ],
        padding={"left": 0, "top": 10, "right": 20, "bottom": 4},
    )
