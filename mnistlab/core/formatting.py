"""Formats measured numbers as text."""

import math
from collections.abc import Sequence

from mnistlab.core.analysis.metrics import Interval
from mnistlab.core.settings.typed_numbers import write_number

NOTHING = "n/a"

_SMALLEST, _GREATEST = 1e-4, 1e6
"""Between these a number is written out, beyond them as a power of ten."""

_GREATEST_LOSS = 1e4

_SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def number(value: float, digits: int = 3) -> str:
    """Write a number with so many significant digits: 0.0594, 1,234, 1.5 × 10³⁴."""
    if not _is_written_out(value):
        return _power_of_ten(value, min(digits, 2))
    decimals = max(0, digits - 1 - math.floor(math.log10(abs(value)))) if value else 0
    return f"{value:,.{decimals}f}"


def setting(value: float) -> str:
    """Write a setting with all its digits: 0.00005, 2.5 × 10⁻⁷."""
    written = write_number(value)
    return _with_superscript(written) if "e" in written else written


def percent(fraction: float | None, digits: int = 2) -> str:
    """Write a fraction as percent: 98.47%."""
    if fraction is None:
        return NOTHING
    share = 100 * fraction
    return f"{share:.{digits}f}%" if abs(share) < _GREATEST else f"{_power_of_ten(share)}%"


def percent_interval(interval: Interval) -> str:
    """Write an interval of fractions: 98.21–98.69%."""
    return f"{_without_sign(interval.low, 2)}–{percent(interval.high)}"


def percent_with_margin(fraction: float, margin: float, digits: int = 2) -> str:
    """Write a fraction and its margin as percent: 98.47 ± 0.13%."""
    return f"{_without_sign(fraction, digits)} ± {percent(margin, digits)}"


def loss(value: float | None) -> str:
    """Write a loss with three significant digits: 0.0594, 2.30, 1.5 × 10⁴ from ten thousand on."""
    if value is None:
        return NOTHING
    if abs(value) >= _GREATEST_LOSS:
        return _power_of_ten(value)
    if not value or not _is_written_out(value) or value >= 1_000:
        return number(value)
    return f"{value:.{_loss_decimals(value)}f}"


def loss_with_margin(value: float, margin: float) -> str:
    """Write a loss and its margin with as many decimals: 0.0594 ± 0.0021."""
    if not all(_is_written_out(each) and each < 1_000 for each in (value, margin)):
        return f"{number(value)} ± {number(margin, 2)}"
    return f"{loss(value)} ± {margin:.{_loss_decimals(value)}f}"


def with_margin(value: float, margin: float) -> str:
    """Write a value as exactly as its margin of chance allows: 0.126 ± 0.028, 0.2 ± 1.2.

    The margin keeps two digits, which usually suffices (JCGM 100:2008, 7.2.6).
    """
    if not _is_written_out(margin) or abs(value) >= _GREATEST:
        return f"{number(value)} ± {number(margin, 2)}"
    power = math.floor(math.log10(margin)) if margin else 0
    decimals = max(0, 1 - power)
    return f"{value:.{decimals}f} ± {margin:.{decimals}f}"


def listed(names: Sequence[str]) -> str:
    """Write names one after another: 0.1, 1 and 10."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def _is_written_out(value: float) -> bool:
    return value == 0 or _SMALLEST <= abs(value) < _GREATEST


def _loss_decimals(value: float) -> int:
    return 4 if value < 0.1 else 3 if value < 1 else 2


def _without_sign(fraction: float, digits: int) -> str:
    return percent(fraction, digits).removesuffix("%")


def _power_of_ten(value: float, digits: int = 2) -> str:
    if math.isnan(value):
        return NOTHING
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    return _with_superscript(f"{value:.{digits - 1}e}")


def _with_superscript(written: str) -> str:
    """Return `1.5e+34` as 1.5 × 10³⁴."""
    mantissa, power = written.split("e")
    return f"{mantissa} × 10{str(int(power)).translate(_SUPERSCRIPTS)}"
