"""Numbers as people read them."""

import math
from collections.abc import Sequence

from mnistlab.core.analysis.metrics import Interval

NOTHING = "–"


def percent(fraction: float | None, digits: int = 2) -> str:
    """Write a fraction as percent: 98.47 %."""
    return NOTHING if fraction is None else f"{100 * fraction:.{digits}f} %"


def percent_interval(interval: Interval) -> str:
    """Write an interval of fractions: 98.21 to 98.69 %."""
    return f"{100 * interval.low:.2f} to {percent(interval.high)}"


def loss(value: float | None) -> str:
    """Write a loss with three digits that mean something: 0.0594, 2.30."""
    if value is None:
        return NOTHING
    if math.isinf(value):
        return "∞"
    return f"{value:.4f}" if value < 0.1 else f"{value:.3f}" if value < 1 else f"{value:.2f}"


def with_margin(value: float, margin: float) -> str:
    """Write a value as exactly as its margin of chance allows: 0.126 ± 0.028, 0.2 ± 1.2.

    The margin keeps two digits, which usually suffices (JCGM 100:2008, 7.2.6).
    """
    power = math.floor(math.log10(margin)) if margin > 0 else 0
    decimals = max(0, 1 - power)
    return f"{value:.{decimals}f} ± {margin:.{decimals}f}"


def listed(names: Sequence[str]) -> str:
    """Write names one after another: 0.1, 1 and 10."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
