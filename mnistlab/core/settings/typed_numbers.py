"""Reads numbers typed in the notation of any country, and writes them."""

import math
import re
from decimal import Decimal

_SMALLEST_WRITTEN_OUT, _GREATEST_WRITTEN_OUT = 1e-6, 1e21

_SPACES = " \N{NO-BREAK SPACE}\N{THIN SPACE}\N{NARROW NO-BREAK SPACE}"
GROUPED = re.compile(rf"([+-]?[1-9]\d{{0,2}}([.,'’{_SPACES}])\d{{3}}(?:\2\d{{3}})*)([.,]\d+)?")
_WITH_ONE_MARK = re.compile(r"[+-]?\d+[.,]\d+")


def read_number(text: str) -> float | None:
    """Return the number of `text`, infinity included, or None.

    A single point or comma is the decimal one: 0,3 is three tenths, 1.500 one and a half.
    Thousands are grouped by spaces, apostrophes, or several points or commas. Python's own
    notations (`nan`, `1_000`) are None.
    """
    return _read(text) if _WITH_ONE_MARK.fullmatch(text.strip()) else read_whole(text)


def read_whole(text: str) -> float | None:
    """Return the number of `text` where a whole one is expected: 20.000 is 20,000.

    A point or comma before exactly three digits groups thousands. The result may still be a
    fraction (2.5) or infinity; None if `text` is no number.
    """
    grouped = GROUPED.fullmatch(text.strip())
    if grouped is None:
        return _read(text)
    thousands, mark, fraction = grouped.groups(default="")
    if fraction.startswith(mark):
        return None
    return _read(re.sub(r"[^\d+-]", "", thousands) + fraction)


def _read(text: str) -> float | None:
    """Read a number without thousands' marks, whose decimal mark may be a comma."""
    try:
        number = float(text.replace(",", ".")) if "_" not in text else math.nan
    except ValueError:
        return None
    return None if math.isnan(number) else number


def write_number(number: float) -> str:
    """Write a number so that `float` gives it back: 0.00005 rather than 5e-05."""
    if number and not _SMALLEST_WRITTEN_OUT <= abs(number) < _GREATEST_WRITTEN_OUT:
        return repr(number)
    written = format(Decimal(repr(number)), "f")
    return written.rstrip("0").rstrip(".") if "." in written else written
