"""Parts of a page that the server replaces while a run goes on, without a script run."""

import math
from collections.abc import Callable, Mapping

from markupsafe import Markup

from mnistlab.ui.live import status
from mnistlab.ui.live.snapshot import RunSnapshot

Parts = Mapping[str, Markup]
"""HTML by name."""

View = Callable[[RunSnapshot], Parts]
"""Renders what a page shows of an active run."""


def mark(run: RunSnapshot, name: str, html: Markup) -> Markup:
    """Return a part of the page in an element in which it can be replaced.

    Args:
        run: The one that it is about.
        name: As in the page's `View`.
        html: Its content now.
    """
    # With the step, a later script run's HTML is never what React had before, so that React
    # replaces what was pushed meanwhile. What was pushed last comes before the end of a run.
    step = run.step if run.status.is_active else math.inf
    return Markup('<div data-live="{} {}" data-step="{}">{}</div>').format(
        run.compared.id, name, step, html
    )


def status_parts(run: RunSnapshot) -> Parts:
    """Return the status for eyes and for screen readers."""
    return {"status": status.status_line(run), "announcement": status.announcement(run)}


def show_status(run: RunSnapshot) -> Markup:
    """Return the same two parts, each in its element."""
    return Markup().join(mark(run, name, html) for name, html in status_parts(run).items())
