"""The rows of a run's curves of loss and accuracy, as `learning_curves` draws them."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from mnistlab.core.analysis.curves import telling_points
from mnistlab.core.analysis.diagnosis.overfitting import Finding, Onset
from mnistlab.core.analysis.metrics import NORMAL_95
from mnistlab.core.settings.fields import LEARNING_RATE
from mnistlab.core.training.events import EpochPoint, StepPoint
from mnistlab.core.training.history import History, Measure
from mnistlab.ui import formatting
from mnistlab.ui.charts.scales import ValueRange, first_settled, settled_range, whole_range

TRAINING, VALIDATION, BEST, TIP, BEYOND = "training", "validation", "best", "tip", "beyond"
BEGAN, WORSE = "overfitting began", "overfitting"
RATE_CHANGE = "rate change"
"""Kinds of rows."""

_ROOM_FOR_TEXT = 0.15
"""Of the axis, at its lower end."""


@dataclass(frozen=True)
class Detail:
    """Limits on the rows.

    Attributes:
        points: The most points of the training line.
        tips: The most places with a tooltip.
    """

    points: int
    tips: int


WHOLE = Detail(points=600, tips=300)
"""With the validation line it stays below `toolkit.MOST_ROWS`."""

WHILE_TRAINING = Detail(points=120, tips=30)
"""Each update redraws all points, which slows training. A chart is about 350 pixels wide, and a
place with a tooltip is two elements of the page."""

_ROWS_OF_TEXT = 3
"""Of neighbouring rate changes, so that their texts do not overlap."""

_Row = dict[str, object]
"""By column; a column that is left out is empty."""

_COLUMNS = pa.schema(
    {
        "kind": pa.string(),
        "epoch": pa.float64(),
        "until": pa.float64(),
        "value": pa.float64(),
        "text": pa.string(),
        "row": pa.float64(),
        "low": pa.float64(),
        "high": pa.float64(),
        "points": pa.int64(),
    }
)


def curve_data(
    history: History,
    measure: Measure,
    finding: Finding,
    *,
    detail: Detail = WHOLE,
    whole: bool = False,
) -> pa.Table:
    """Return the curves of one measure as rows, each of a kind.

    Args:
        history: The run's curves.
        measure: The one to draw.
        finding: Whether it overfits, and since when: stretches from `epoch` to `until`.
        detail: Limits on the rows.
        whole: Whether the axis has all values, or those since the first epoch.

    Returns:
        An Arrow table, since a pandas frame costs twenty times as much, most of it for Streamlit's
        conversion to Arrow.
    """
    curves = _Curves(history, measure, detail)
    limits = curves.limits(whole)
    parts: list[list[_Row]] = [
        [
            {"kind": VALIDATION, "epoch": p.epoch, "value": curves.read(p)}
            for p in curves.validation
        ],
        curves.best(limits),
        curves.beyond(limits),
        curves.rate_changes(),
        _stretches(finding),
        curves.tips(),
    ]
    # At least one row has the axis's ends; by the points, pushed rows are newer or older.
    points = len(history.steps) + len(history.epochs)
    ends = {"kind": "ends", "low": limits.low, "high": limits.high, "points": points}
    rows = pa.Table.from_pylist([ends, *itertools.chain(*parts)], schema=_COLUMNS)
    return pa.concat_tables([rows, curves.training_rows()]).combine_chunks()


class _Curves:
    """The points of one measure's two curves."""

    def __init__(self, history: History, measure: Measure, detail: Detail) -> None:
        self._history = history
        self._measure = measure
        self._detail = detail
        losses = np.array([point.train_loss for point in history.steps])
        self.training = [history.steps[at] for at in telling_points(losses, detail.points)]
        self.validation = [p for p in history.epochs if p.validation_loss is not None]

    def read(self, point: EpochPoint | StepPoint) -> float | None:
        """Return a point's value: of an epoch, on validation images."""
        is_loss = self._measure is Measure.LOSS
        if isinstance(point, StepPoint):
            return point.train_loss if is_loss else point.train_accuracy
        return point.validation_loss if is_loss else point.validation_accuracy

    def training_rows(self) -> pa.Table:
        """Return the training curve, which has the most rows."""
        count = len(self.training)
        columns: dict[str, list[object]] = {name: [None] * count for name in _COLUMNS.names}
        columns |= {
            "kind": [TRAINING] * count,
            "epoch": [point.epoch for point in self.training],
            "value": [self.read(point) for point in self.training],
        }
        return pa.table(columns, schema=_COLUMNS)

    def limits(self, whole: bool) -> ValueRange:
        """Return the ends of the value axis."""
        points: list[EpochPoint | StepPoint] = [*self.training, *self.validation]
        since = 0.0 if whole else first_settled(self._history.epochs_trained)
        values = [v for p in points if p.epoch >= since and (v := self.read(p)) is not None]
        return (whole_range if whole else settled_range)(self._measure, values)

    def best(self, limits: ValueRange) -> list[_Row]:
        """Return the best epoch, with its value as text, if it is on the axis."""
        best = self._history.best_epoch
        value = self.read(best) if best else None
        if best is None or value is None or not limits.has(value):
            return []
        # Below an accuracy near the axis's end there is no room but for the axis's own numbers.
        room = _ROOM_FOR_TEXT * (limits.high - limits.low)
        is_low = self._measure is Measure.ACCURACY and value < limits.low + room
        text = "" if is_low else self._write(value)
        return [{"kind": BEST, "epoch": best.epoch, "value": value, "text": text}]

    def beyond(self, limits: ValueRange) -> list[_Row]:
        """Return the highest point, if it is above the axis."""
        points = [(self.read(point) or 0.0, point.epoch) for point in self.training]
        highest, epoch = max(points, default=(0.0, 0.0))
        if limits.has(highest) or highest < limits.high:
            return []
        return [{"kind": BEYOND, "epoch": epoch, "text": f"↑ {self._write(highest)}"}]

    def rate_changes(self) -> list[_Row]:
        """Return the changes of the learning rate, whose texts take turns in a few rows."""
        return [
            {
                "kind": RATE_CHANGE,
                "epoch": self._history.epoch_at(change.step),
                "text": f"LR {formatting.setting(LEARNING_RATE.name, change.learning_rate)}",
                "row": number % _ROWS_OF_TEXT,
            }
            for number, change in enumerate(self._history.rate_changes)
        ]

    def tips(self) -> list[_Row]:
        """Return the places with a tooltip, which names both curves' values."""
        done: list[_Row] = []
        behind = iter(self.validation)
        latest: EpochPoint | None = None
        following = next(behind, None)
        for point in _spread(self.training, self._detail.tips):
            while following is not None and following.epoch <= point.epoch + 1e-6:
                latest, following = following, next(behind, None)
            done.append({"kind": TIP, "epoch": point.epoch, "text": self._tip(point, latest)})
        return done

    def _tip(self, point: StepPoint, latest: EpochPoint | None) -> str:
        lines = [formatting.epoch(point.epoch)]
        if latest is not None:
            margin = self._margin(latest)
            when = "" if abs(latest.epoch - point.epoch) < 1e-6 else f" at epoch {latest.epoch}"
            lines.append(f"{self._write(self.read(latest))}{margin}  validation{when}")
        lines.append(f"{self._write(self.read(point))}  training")
        begun = [each for each in self._history.rate_changes if each.step < point.step]
        if begun:
            rate = formatting.setting(LEARNING_RATE.name, begun[-1].learning_rate)
            since = formatting.epoch(self._history.epoch_at(begun[-1].step)).lower()
            lines.append(f"{rate}  learning rate since {since}")
        return "\n".join(lines)

    def _margin(self, point: EpochPoint) -> str:
        if point.errors is None:
            return ""
        is_loss = self._measure is Measure.LOSS
        error = point.errors.loss if is_loss else point.errors.accuracy
        return f" ± {self._write(NORMAL_95 * error)}"

    def _write(self, value: float | None) -> str:
        is_loss = self._measure is Measure.LOSS
        return formatting.loss(value) if is_loss else formatting.percent(value)


def _spread(points: Sequence[StepPoint], most: int) -> Sequence[StepPoint]:
    """Choose about `most` points, the last among them."""
    # A power of two, so that a point under the pointer stays while the line grows.
    apart = 2 ** max(0, math.ceil(math.log2(len(points) / most))) if points else 1
    chosen = points[::apart]
    return chosen if not points or chosen[-1] is points[-1] else [*chosen, points[-1]]


def _stretches(finding: Finding) -> list[_Row]:
    if not isinstance(finding, Onset):
        return []
    return [
        {"kind": BEGAN, "epoch": finding.earliest, "until": finding.latest},
        {"kind": WORSE, "epoch": finding.latest, "until": finding.now.epoch},
    ]
