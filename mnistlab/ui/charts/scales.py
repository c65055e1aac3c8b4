"""Axes that follow what there is to see: from where accuracy is drawn, and up to which loss."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from mnistlab.core.training.history import Measure

_FLOORS = (0.95, 0.9, 0.8, 0.5, 0.0)
_TOPS = (0.05, 0.1, 0.2, 0.4, 0.8, 1.2, 1.8, 2.5)
HIGHEST_LOSS = 3.45
"""In nats: one and a half times ln 10, the loss of guessing. Above it a network has diverged."""
_ROOM = 1.05
"""Above the highest point that is to be seen."""


@dataclass(frozen=True)
class ValueRange:
    """The ends of a value axis."""

    low: float
    high: float

    def has(self, value: float) -> bool:
        """Return whether a value is on the axis."""
        return self.low <= value <= self.high


def first_settled(epochs_trained: float) -> float:
    """Return the epoch from which on a curve is to be seen whole: three quarters of it."""
    return max(1.0, epochs_trained / 4)


def settled_range(measure: Measure, settled: Sequence[float]) -> ValueRange:
    """Return an axis for curves whose beginning may lie outside of it.

    The first epochs go from guessing to most of what is ever learned: an axis with all of them
    shows every later epoch as one flat line.

    Args:
        measure: On the axis.
        settled: The values since `first_settled`; some may not be finite.
    """
    finite = [value for value in settled if math.isfinite(value)]
    if measure is Measure.ACCURACY:
        worst = min(finite, default=0.0)
        return ValueRange(next(floor for floor in _FLOORS if floor <= max(worst, 0.0)), 1.0)
    worst = _ROOM * max(finite, default=0.0) or _TOPS[-1]
    return ValueRange(0.0, next((top for top in _TOPS if worst <= top), HIGHEST_LOSS))


def whole_range(measure: Measure, values: Sequence[float]) -> ValueRange:
    """Return an axis with all finite values; a loss is drawn on a logarithmic one."""
    if measure is Measure.ACCURACY:
        return ValueRange(0.0, 1.0)
    positive = [value for value in values if 0.0 < value < math.inf] or [0.1, 1.0]
    low, high = min(positive), max(positive)
    return ValueRange(low, high) if low < high else ValueRange(low / 2, 2 * high)
