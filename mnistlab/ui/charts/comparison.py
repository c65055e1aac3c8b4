"""The rows of the compared runs' curves: lines, their marks, names and tooltips."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from mnistlab.core.analysis.curves import Axis, Curve, Split, thin_out
from mnistlab.core.arrays import Float64Array
from mnistlab.core.training.history import Measure
from mnistlab.ui import formatting
from mnistlab.ui.charts.line_ends import place_names
from mnistlab.ui.charts.palette import LineStyle
from mnistlab.ui.charts.scales import ValueRange
from mnistlab.ui.charts.toolkit import MOST_ROWS

TRAINING, VALIDATION, MARK, NAME = "training", "validation", "mark", "name"
TIP, BEYOND, ENDS = "tip", "beyond", "ends"
"""Kinds of rows."""

GLYPHS = "●■▲◆▼✚◇▽✛○□△"
"""By the number of a line style, the character that looks like its mark."""

_MOST_MARKS = 6
_MOST_TIPS = 100
_FAINT = 0.25
_FURTHEST = 50.0
"""A point above or below the axis is drawn that many axes away at most: SVG has no 10³⁴."""

_COLUMNS = pa.schema(
    {
        "kind": pa.string(),
        "line": pa.string(),
        "colour": pa.string(),
        "x": pa.float64(),
        "value": pa.float64(),
        "bottom": pa.float64(),
        "top": pa.float64(),
        "place": pa.float64(),
        "opacity": pa.float64(),
        "text": pa.string(),
        "low": pa.float64(),
        "high": pa.float64(),
    }
)
Row = dict[str, object]


@dataclass(frozen=True)
class Line:
    """A group of runs to draw.

    Attributes:
        style: Of its lines.
        name: At its end and in the tooltip.
        curves: Those that are drawn, by the images that they were measured on.
        is_faint: Whether it steps back behind another line.
    """

    style: LineStyle
    name: str
    curves: Mapping[Split, Curve]
    is_faint: bool = False

    @property
    def main(self) -> Curve | None:
        """Its validation curve, or the training curve of a run without validation images."""
        return self.curves.get(Split.VALIDATION, self.curves.get(Split.TRAINING))


@dataclass(frozen=True)
class Axes:
    """What the lines are drawn on.

    Attributes:
        measure: On the y-axis.
        axis: On the x-axis.
        limits: The ends of the y-axis.
        is_logarithmic: Whether the y-axis is.
        height: Of the y-axis, in pixels.
    """

    measure: Measure
    axis: Axis
    limits: ValueRange
    is_logarithmic: bool
    height: float

    def write(self, value: float) -> str:
        """Write a value of the measure."""
        is_loss = self.measure is Measure.LOSS
        return formatting.loss(value) if is_loss else formatting.percent(value)

    def clip(self, values: Float64Array) -> Float64Array:
        """Return values that can be drawn; on a logarithmic axis there is no zero."""
        low, high = self.limits.low, self.limits.high
        room = _FURTHEST * (high - low)
        return np.clip(values, low if self.is_logarithmic else low - room, high + room)


def chart_data(lines: Sequence[Line], axes: Axes) -> pa.Table:
    """Return the chart's rows, each of a kind; later lines are drawn on top."""
    # At least one row has the axis's ends.
    ends: Row = {"kind": ENDS, "low": axes.limits.low, "high": axes.limits.high}
    few = [ends, *_marks(lines, axes), *_names(lines, axes), *_beyond(lines, axes)]
    few += _tips(lines, axes)
    curves = [curve for line in lines for curve in line.curves]
    most = (MOST_ROWS - len(few)) // max(1, len(curves))
    tables = [pa.Table.from_pylist(few, schema=_COLUMNS)]
    for line in lines:
        tables += [_curve(line, split, most, axes) for split in line.curves]
    return pa.concat_tables(tables).combine_chunks()


def _look(line: Line) -> Row:
    return {
        "line": str(line.style.number),
        "colour": str(line.style.colour),
        "opacity": _FAINT if line.is_faint else 1.0,
    }


def _curve(line: Line, split: Split, most: int, axes: Axes) -> pa.Table:
    curve = thin_out(line.curves[split], most)
    count = len(curve)
    columns: dict[str, object] = {name: [None] * count for name in _COLUMNS.names}
    columns |= {name: [value] * count for name, value in _look(line).items()}
    columns |= {"kind": [str(split)] * count, "x": curve.x, "value": axes.clip(curve.mean)}
    # A band around noisy training curves would hide the lines.
    if split is Split.VALIDATION and curve.runs.max(initial=1) > 1:
        columns |= {"bottom": axes.clip(curve.low), "top": axes.clip(curve.high)}
    return pa.table(columns, schema=_COLUMNS)


def _marks(lines: Sequence[Line], axes: Axes) -> Iterator[Row]:
    """Mark points of the validation curves, where there is more than one to tell apart."""
    drawn = [line for line in lines if Split.VALIDATION in line.curves]
    for line in drawn if len(drawn) > 1 else ():
        curve = line.curves[Split.VALIDATION]
        # A power of two, so that marks stay in place while the line grows, and an offset by line,
        # so that lines which coincide have marks at different points.
        apart = 2 ** max(0, math.ceil(math.log2(len(curve) / _MOST_MARKS)))
        for at in range(line.style.number % apart, len(curve), apart):
            x, value = float(curve.x[at]), float(curve.mean[at])
            if axes.limits.has(value):
                yield {"kind": MARK, **_look(line), "x": x, "value": value}


def _names(lines: Sequence[Line], axes: Axes) -> Iterator[Row]:
    """Name each line beside its end; one that ends beyond the axis is named at the axis's end."""
    ended = [(line, line.main) for line in lines]
    drawn = [(line, curve) for line, curve in ended if curve is not None]
    limits = axes.limits
    ends = [min(max(float(curve.mean[-1]), limits.low), limits.high) for _, curve in drawn]
    places = place_names(ends, limits, axes.height, axes.is_logarithmic)
    for (line, curve), end, place in zip(drawn, ends, places, strict=True):
        where = {"x": float(curve.x[-1]), "value": end, "place": place}
        yield {"kind": NAME, **_look(line), **where, "text": line.name}


def _beyond(lines: Sequence[Line], axes: Axes) -> Iterator[Row]:
    """Write the highest value where it leaves the axis."""
    curves = [curve for line in lines for curve in line.curves.values()]
    highest = [(float(curve.mean.max()), float(curve.x[curve.mean.argmax()])) for curve in curves]
    value, x = max(highest, default=(0.0, 0.0))
    if value > axes.limits.high:
        yield {"kind": BEYOND, "x": x, "text": f"↑ {axes.write(value)}"}


def _tips(lines: Sequence[Line], axes: Axes) -> Iterator[Row]:
    """Write all lines' values, the best first, at the places that have a tooltip."""
    drawn = [(line, curve) for line in lines if (curve := line.main) is not None]
    places = np.unique(np.concatenate([curve.x for _, curve in drawn])) if drawn else np.empty(0)
    places = places[:: 2 ** max(0, math.ceil(math.log2(max(1, len(places)) / _MOST_TIPS)))]
    values = [_at(places, curve) for _, curve in drawn]
    training = [_at(places, line.curves.get(Split.TRAINING)) for line, _ in drawn]
    best_first = -1 if axes.measure is Measure.ACCURACY else 1
    for at, x in enumerate(places.tolist()):
        here = [
            (best_first * value[at], _tip(line, value[at], trained[at], axes))
            for (line, _), value, trained in zip(drawn, values, training, strict=True)
            if not math.isnan(value[at])
        ]
        texts = [text for _, text in sorted(here)]
        yield {"kind": TIP, "x": x, "text": "\n".join([_WHERE[axes.axis](x), *texts])}


def _at(places: Float64Array, curve: Curve | None) -> Float64Array:
    """Return a curve's values at `places`, nan beyond its end or without a curve."""
    if curve is None:
        return np.full(len(places), np.nan)
    return np.interp(places, curve.x, curve.mean, left=np.nan, right=np.nan)


def _tip(line: Line, value: float, training: float, axes: Axes) -> str:
    text = f"{axes.write(value)}  {GLYPHS[line.style.number]} {line.name}"
    if Split.VALIDATION not in line.curves:
        return f"{text}, training"
    return text if math.isnan(training) else f"{text}, training {axes.write(training)}"


_WHERE: Mapping[Axis, Callable[[float], str]] = {
    Axis.EPOCH: formatting.epoch,
    Axis.STEP: lambda x: f"Step {x:,.0f}",
    Axis.SECONDS: lambda x: f"After {x:.1f} s of training",
    Axis.SHARE: lambda x: f"After {x:.0f}% of the run",
}
