"""The legend of a comparison's lines, and the table that ranks them, as HTML."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from mnistlab.core.analysis.comparison import Standing
from mnistlab.core.settings.fields import SETTINGS
from mnistlab.ui import formatting as wording
from mnistlab.ui.charts.palette import Sign
from mnistlab.ui.compare import words


@dataclass(frozen=True)
class Label:
    """How a group is known on the page.

    Attributes:
        name: No two groups have the same.
        sign: That of its lines.
        state: What is special about its runs now, such as "Training"; empty if nothing is.
    """

    name: str
    sign: Sign
    state: str


def legend(labels: Sequence[Label]) -> str:
    """Return the lines' signs and names."""
    items = "".join(f"<li>{name_html(label)}</li>" for label in labels)
    return f'<ul class="lab-legend" aria-label="Lines of the chart">{items}</ul>{SPLITS}'


SPLITS = (
    '<p class="lab-legend-splits">solid, with marks: validation images'
    "<span>thin, dashed: training images</span></p>"
)
"""How the lines of both splits look."""


def table(standings: Sequence[Standing], labels: Sequence[Label]) -> str:
    """Return the ranking: what differs, and what came of it.

    Args:
        standings: From the first to the last.
        labels: Of the same groups, in the same order.
    """
    settings = words.differing([standing.group for standing in standings])
    titles = [SETTINGS[name].label for name in settings]
    heads = ["Rank", "Name", "Validation accuracy", "Validation loss", *titles, *_LAST]
    rows = [
        _row(standing, label, settings) for standing, label in zip(standings, labels, strict=True)
    ]
    return scrolling_table("Ranking", heads, rows)


def scrolling_table(title: str, heads: Sequence[str], rows: Sequence[str]) -> str:
    """Return a table that scrolls sideways where the page is narrow.

    Args:
        title: What it shows, for those who don't see it.
        heads: Of the columns.
        rows: As HTML.
    """
    head = "".join(f'<th scope="col">{escape(each)}</th>' for each in heads)
    return (
        f'<div class="lab-ranking" tabindex="0" role="region" aria-label="{escape(title)}">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


_LAST = ("Epochs", "Training time")


def _row(standing: Standing, label: Label, settings: Sequence[str]) -> str:
    group = standing.group
    cells = [
        words.accuracy(group),
        words.loss(group),
        *(words.setting(name, group) for name in settings),
        words.epochs(group),
        words.seconds(group),
    ]
    rank = wording.NOTHING if standing.rank is None else str(standing.rank)
    others = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
    return f'<tr><td>{rank}</td><th scope="row"><div>{name_html(label)}</div></th>{others}</tr>'


def name_html(label: Label) -> str:
    """Return a line's sign, its name, and its state if there is one."""
    state = f"<small>{escape(label.state)}</small>" if label.state else ""
    return f"{label.sign.to_html()}<span>{escape(label.name)}</span>{state}"
