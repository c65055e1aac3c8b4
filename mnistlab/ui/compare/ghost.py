"""What a comparison looks like, before there are runs to compare."""

import dataclasses

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mnistlab.core.analysis.curves import Axis, Curve, Split
from mnistlab.core.training.history import Measure
from mnistlab.ui.charts.comparison import ENDS, VALIDATION, Axes, Line, chart_data
from mnistlab.ui.charts.comparison_spec import AXIS_HEIGHT, Frame, chart_spec
from mnistlab.ui.charts.palette import LINE_STYLES, QUIET
from mnistlab.ui.charts.scales import settled_range
from mnistlab.ui.charts.toolkit import draw
from mnistlab.ui.compare.panel import NAMES

_EPOCHS = 10
_PACES = (0.5, 0.9)
_BEST = 0.975


def show() -> None:
    """Show the axes with two faint lines, which no run has drawn."""
    frame = Frame(_EPOCHS, NAMES)
    limits = settled_range(Measure.ACCURACY, [0.8])
    axes = Axes(Measure.ACCURACY, Axis.EPOCH, limits, False, AXIS_HEIGHT)
    rows = chart_data([_line(number, pace) for number, pace in enumerate(_PACES)], axes)
    # Without names and tooltips, since nothing was measured.
    drawn = rows.filter(pc.is_in(rows["kind"], value_set=pa.array([ENDS, VALIDATION])))
    spec = chart_spec(Measure.ACCURACY, Axis.EPOCH, frame, whole=False)
    draw(
        drawn,
        spec,
        key="ghost_chart",
        height="stretch",
        alt="Two example curves: no runs to compare yet",
    )


def _line(number: int, pace: float) -> Line:
    epochs = np.arange(_EPOCHS + 1.0)
    values = _BEST - (_BEST - 0.1) * np.exp(-pace * epochs)
    curve = Curve(epochs, values, values, values, np.ones(len(epochs), dtype=np.int64))
    style = dataclasses.replace(LINE_STYLES[number], colour=QUIET)
    return Line(style, "", {Split.VALIDATION: curve}, is_faint=True)
