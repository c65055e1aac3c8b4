"""Where the names of lines stand beside their ends: close to them, and never over each other."""

import math
from collections.abc import Sequence

from mnistlab.ui.charts.scales import ValueRange

_APART = 16.0
"""Pixels between the middles of two names."""


def place_names(
    ends: Sequence[float], limits: ValueRange, height: float, is_logarithmic: bool
) -> list[float]:
    """Return the values on the axis beside which the names of lines stand, in the same order.

    Args:
        ends: The value at each line's end; some may lie beyond the axis.
        limits: The axis's ends.
        height: Of the axis, in pixels.
        is_logarithmic: Whether the axis is.
    """
    axis = _Axis(limits, height, is_logarithmic)
    return [axis.value(pixel) for pixel in _keep_apart([axis.pixel(end) for end in ends], height)]


class _Axis:
    """Pixels from the lower end of a value axis."""

    def __init__(self, limits: ValueRange, height: float, is_logarithmic: bool) -> None:
        self._limits = limits
        self._height = height
        self._is_logarithmic = is_logarithmic

    def pixel(self, value: float) -> float:
        low, high = self._limits.low, self._limits.high
        inside = min(max(value, low), high)
        if self._is_logarithmic:
            return self._height * math.log(inside / low) / math.log(high / low)
        return self._height * (inside - low) / (high - low)

    def value(self, pixel: float) -> float:
        low, high = self._limits.low, self._limits.high
        share = pixel / self._height
        if self._is_logarithmic:
            return float(low * (high / low) ** share)
        return low + share * (high - low)


def _keep_apart(wanted: Sequence[float], end: float) -> list[float]:
    """Move pixels apart, each as little as possible, between 0 and `end`.

    Isotonic regression by pooling adjacent violators (Best and Chakravarti 1990, "Active set
    algorithms for isotonic regression"): what lies too close together is moved as one block.
    """
    order = sorted(range(len(wanted)), key=wanted.__getitem__)
    blocks: list[tuple[float, int]] = []
    for place, index in enumerate(order):
        total, count = wanted[index] - _APART * place, 1
        while blocks and blocks[-1][0] / blocks[-1][1] > total / count:
            before, size = blocks.pop()
            total, count = total + before, count + size
        blocks.append((total, count))
    latest = max(0.0, end - _APART * (len(wanted) - 1))
    starts = [min(max(total / count, 0.0), latest) for total, count in blocks for _ in range(count)]
    apart = [0.0] * len(wanted)
    for place, (index, start) in enumerate(zip(order, starts, strict=True)):
        apart[index] = start + _APART * place
    return apart
