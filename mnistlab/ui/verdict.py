"""How verdicts on a run look: a headline with its evidence, side by side in a grid."""

from collections.abc import Iterable
from html import escape

from mnistlab.core.run import RunStatus

UNKNOWN, NONE, BEGAN, TROUBLE = "unknown", "none", "began", "trouble"
"""Kinds of verdict: nobody can tell, all is well, overfitting, and anything else amiss."""


def section(title: str, kind: str, headline: str, details: str) -> str:
    """Return one verdict as HTML."""
    return (
        f'<section class="lab-verdict" data-verdict="{kind}">'
        f"<h4>{escape(title)}</h4><p><b>{escape(headline)}</b></p><p>{escape(details)}</p></section>"
    )


def verdicts(sections: Iterable[str], status: RunStatus, about: str) -> str:
    """Return several, about one question, as HTML.

    While the run goes on there is room for the longest, so that none moves the page.
    """
    return (
        f'<div class="lab-verdicts" data-about="{about}" data-run="{status}">'
        f"{''.join(sections)}</div>"
    )
