"""A measured curve beside what simple theory expects: where it bends, its picture, its table."""

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import altair as alt
import pandas as pd

_MEASURED, _EXPECTED = "measured", "expected"
_ACCENT, _QUIET = "#3b66f0", "#8a93a6"
_SCALE = alt.Scale(type="log", nice=False, padding=12)
_BENT = 2.0


@dataclass(frozen=True)
class Point:
    """One measurement.

    Attributes:
        x: What was varied.
        measured: What it cost.
        expected: What theory says; None where it says that there is no end.
        beside: What else was measured, by its name with its unit.
    """

    x: int
    measured: float
    expected: float | None
    beside: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Curve:
    """How a cost grows.

    Attributes:
        x_title: What was varied, with its unit.
        y_title: The cost, with its unit.
        points: By growing `x`.
    """

    x_title: str
    y_title: str
    points: Sequence[Point]

    @property
    def bend(self) -> float | None:
        """Where the cost is twice the lowest, between two points by their logarithms.

        Where a constant and a growing part are added, that is where they are equal. None if
        no cost is that high.
        """
        limit = _BENT * min(point.measured for point in self.points)
        for left, right in itertools.pairwise(self.points):
            if (left.measured < limit) != (right.measured < limit):
                return _between(left, right, limit)
        return None

    def results(self) -> dict[str, float | None]:
        """Return the numbers by name."""
        return {
            "bend": self.bend,
            **{f"{_MEASURED}_{point.x}": point.measured for point in self.points},
            **{f"{_EXPECTED}_{point.x}": point.expected for point in self.points},
        }

    def table(self) -> str:
        """Return the points as a table in Markdown."""
        names = [self.x_title, f"{self.y_title}, {_MEASURED}", _EXPECTED, *self.points[0].beside]
        rows = [
            [f"{point.x:,}", *map(_text, (point.measured, point.expected, *point.beside.values()))]
            for point in self.points
        ]
        lines = [names, ["---:"] * len(names), *rows]
        return "\n".join(f"| {' | '.join(line)} |" for line in lines)

    def chart(self) -> alt.TopLevelMixin:
        """Return the picture, with both axes logarithmic."""
        layers = [self._lines()] if self.bend is None else [self._lines(), *self._mark(self.bend)]
        chart: alt.TopLevelMixin = (
            alt.layer(*layers)
            .properties(width=640, height=280)
            .configure_axis(
                grid=False, labelFontSize=12, titleFontSize=12, titleFontWeight="normal"
            )
            .configure_legend(labelFontSize=12)
            .configure_view(stroke=None)
        )
        return chart

    def _lines(self) -> alt.Chart:
        kinds = alt.Scale(domain=[_MEASURED, _EXPECTED], range=[_ACCENT, _QUIET])
        legend = alt.Legend(title=None, orient="top", symbolType="stroke", symbolStrokeWidth=2)
        dashes = alt.Scale(domain=[_MEASURED, _EXPECTED], range=[[1, 0], [5, 4]])
        varied = [point.x for point in self.points]
        lines: alt.Chart = (
            alt.Chart(self._frame())
            .mark_line(point=alt.OverlayMarkDef(size=36))
            .encode(
                alt.X("x:Q", title=self.x_title, scale=_SCALE, axis=alt.Axis(values=varied)),
                alt.Y("y:Q", title=self.y_title, scale=_SCALE),
                alt.Color("kind:N", scale=kinds, legend=legend),
                alt.StrokeDash("kind:N", scale=dashes, legend=legend),
            )
        )
        return lines

    def _frame(self) -> pd.DataFrame:
        rows = [
            {"x": point.x, "y": y, "kind": kind}
            for point in self.points
            for kind, y in ((_MEASURED, point.measured), (_EXPECTED, point.expected))
            if y
        ]
        return pd.DataFrame(rows)

    def _mark(self, bend: float) -> tuple[alt.Chart, alt.Chart]:
        frame = pd.DataFrame({"x": [bend], "words": [f"bends at {round_off(bend)}"]})
        line = alt.Chart(frame).mark_rule(color=_QUIET, strokeDash=[2, 3]).encode(x="x:Q")
        words = (
            alt.Chart(frame)
            .mark_text(align="left", dx=6, dy=6, baseline="top", color="#555b6a", fontSize=12)
            .encode(x="x:Q", y=alt.value(0), text="words:N")
        )
        return line, words


def round_off(number: float) -> str:
    """Return a number with two telling digits, such as 2,300 or 4.1."""
    if number == 0:
        return "0"
    digits = 1 - math.floor(math.log10(abs(number)))
    return f"{round(number, digits):,.{max(digits, 0)}f}"


def _between(left: Point, right: Point, y: float) -> float:
    share = math.log(y / left.measured) / math.log(right.measured / left.measured)
    return math.exp(math.log(left.x) + share * math.log(right.x / left.x))


def _text(number: float | None) -> str:
    if number is None:
        return "–"
    digits = 2 - math.floor(math.log10(number)) if number > 0 else 0
    return f"{number:,.{max(digits, 0)}f}"
