"""Verdicts on a run as HTML: headlines with evidence, in a grid."""

from collections.abc import Iterable

from markupsafe import Markup

from mnistlab.core.run import RunStatus

UNKNOWN, NONE, BEGAN, TROUBLE = "unknown", "none", "began", "trouble"
"""Kinds of verdict: can't tell, no problem, overfitting, any other problem."""


def section(title: str, kind: str, headline: str, details: str) -> Markup:
    """Return one verdict as HTML."""
    return Markup(
        '<section class="lab-verdict" data-verdict="{}">'
        "<h4>{}</h4><p><b>{}</b></p><p>{}</p></section>"
    ).format(kind, title, headline, details)


def verdicts(sections: Iterable[Markup], status: RunStatus, about: str) -> Markup:
    """Return several, about one question, as HTML.

    While the run goes on there is room for the longest, so that none moves the page.
    """
    return Markup('<div class="lab-verdicts" data-about="{}" data-run="{}">{}</div>').format(
        about, status, Markup().join(sections)
    )
