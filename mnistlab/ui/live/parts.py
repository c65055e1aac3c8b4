"""Parts of a page that the server replaces while a run goes on, without a script run."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import pyarrow as pa
from markupsafe import Markup

from mnistlab.ui.live import status
from mnistlab.ui.live.snapshot import RunSnapshot

_DIGITS = 6


Rows = list[dict[str, object]]
"""Of a chart, without empty fields. The first one may have a field `points`, how many of the run's
points they show; else that is the number of rows."""

Parts = Mapping[str, Markup | Rows]
"""HTML by the name of its element, and rows by the key of their chart."""


def no_parts(_: RunSnapshot) -> Parts:
    """Return nothing, for what is not there, or moves by points alone."""
    return {}


@dataclass(frozen=True)
class Render:
    """Renders what a page shows of an active run.

    Attributes:
        words: What is read: as often as it can be.
        charts: Rows, each time for a whole chart, which takes the browser 0.02 s to draw.
        least: The least seconds between two times of rendering `charts`.
        most: The most of them, for a long line.
    """

    words: Callable[[RunSnapshot], Parts] = no_parts
    charts: Callable[[RunSnapshot], Parts] = no_parts
    least: float = 1.5
    most: float = 3.0


class View(StrEnum):
    """What a page shows of runs; the last part of the address at which it follows them."""

    TRAIN = "train"
    TRAIN_WHOLE_RANGE = "train-whole-range"
    COMPARE = "compare"
    EXPERIMENTS = "experiments"
    RATE = "rate"


def mark(run: RunSnapshot, name: str, html: Markup) -> Markup:
    """Return a part of the page, while its run goes on in an element in which it is replaced.

    Args:
        run: The one that it is about.
        name: As in the parts of the page's view.
        html: Its content now.
    """
    return _mark(run, name, html, "div")


def mark_text(run: RunSnapshot, name: str, text: str) -> Markup:
    """Return a text within a line in the same way."""
    return _mark(run, name, Markup.escape(text), "span")


def _mark(run: RunSnapshot, name: str, html: Markup, tag: str) -> Markup:
    if not run.status.is_active:
        return html
    # With the step, a later script run's HTML is never what React had before, so that React
    # replaces what was pushed meanwhile.
    return Markup('<{0} data-live="{1} {2}" data-step="{3}">{4}</{0}>').format(
        tag, run.compared.id, name, run.step, html
    )


def to_rows(table: pa.Table) -> Rows:
    """Return a chart's rows, rounded."""
    return [
        {name: _round(value) for name, value in row.items() if _is_there(value)}
        for row in table.to_pylist()
    ]


def _round(value: object) -> object:
    return float(f"{value:.{_DIGITS}g}") if isinstance(value, float) else value


def _is_there(value: object) -> bool:
    """Return whether JSON can tell a value: it has no numbers that are not finite."""
    return value is not None and not (isinstance(value, float) and not math.isfinite(value))


def status_parts(run: RunSnapshot) -> dict[str, Markup]:
    """Return the status for eyes and for screen readers."""
    return {"status": status.status_line(run), "announcement": status.announcement(run)}


def show_status(run: RunSnapshot) -> Markup:
    """Return the same two parts, each in its element."""
    return Markup().join(mark(run, name, html) for name, html in status_parts(run).items())
