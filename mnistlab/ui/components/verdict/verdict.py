"""Verdicts on a run as HTML: headlines with evidence, in a grid."""

from collections.abc import Iterable

from markupsafe import Markup

UNKNOWN, NONE, BEGAN, TROUBLE = "unknown", "none", "began", "trouble"
"""Kinds of verdict: can't tell, no problem, overfitting, any other problem."""


def section(title: str, kind: str, headline: str, line: str, evidence: str = "") -> Markup:
    """Return one verdict as HTML: its headline and a line, with further evidence folded."""
    words = Markup(
        '<div class="lab-verdict-title" role="heading" aria-level="3">{}</div>'
        "<b>{}</b><div>{}</div>"
    ).format(title, headline, line)
    if not evidence:
        return Markup('<section class="lab-verdict" data-verdict="{}">{}</section>').format(
            kind, words
        )
    return Markup(
        '<details class="lab-verdict" data-verdict="{}"><summary>{}<span>Evidence</span></summary>'
        "<div>{}</div></details>"
    ).format(kind, words, evidence)


def verdicts(sections: Iterable[Markup], about: str) -> Markup:
    """Return several, about one question, as HTML."""
    return Markup('<div class="lab-verdicts" data-about="{}">{}</div>').format(
        about, Markup().join(sections)
    )


def list_findings(title: str, items: Iterable[tuple[str, str, str]]) -> Markup:
    """Return findings, each a label, a headline and its evidence, as HTML."""
    item = Markup("<dt>{}</dt><dd><b>{}.</b> {}</dd>")
    return Markup(
        '<div class="lab-caption" role="heading" aria-level="3">{}</div>'
        '<dl class="lab-seen">{}</dl>'
    ).format(title, Markup().join(item.format(*words) for words in items))
