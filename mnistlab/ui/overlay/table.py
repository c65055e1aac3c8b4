"""The legend of a comparison's lines, and the table that ranks them, as HTML."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from mnistlab.core.analysis.comparison import RankedGroup
from mnistlab.core.settings.fields import SETTINGS
from mnistlab.ui import formatting
from mnistlab.ui.charts.palette import LineStyle
from mnistlab.ui.style.signs import sign
from mnistlab.ui.overlay import words


@dataclass(frozen=True)
class Label:
    """A group's name, line style and state.

    Attributes:
        name: Unique among the groups.
        style: The style of its lines.
        state: The status of unfinished runs, such as "Training"; empty if all are finished.
    """

    name: str
    style: LineStyle
    state: str


def legend(labels: Sequence[Label]) -> Markup:
    """Return the legend: the lines' styles and names."""
    items = Markup().join(Markup("<li>{}</li>").format(label_html(label)) for label in labels)
    lines = Markup('<ul class="lab-legend" aria-label="Lines of the chart">{}</ul>').format(items)
    return lines + SPLITS


SPLITS = Markup(
    '<p class="lab-legend-splits">Solid, with marks: validation images'
    "<span>Thin, dashed: training images</span></p>"
)
"""The legend of the line styles of both splits."""


def table(ranking: Sequence[RankedGroup], labels: Sequence[Label]) -> Markup:
    """Return the ranking with the settings that differ.

    Args:
        ranking: From the first to the last.
        labels: Of the same groups, in the same order.
    """
    settings = words.differing([ranked.group for ranked in ranking])
    titles = [SETTINGS[name].label for name in settings]
    heads = ["Rank", "Name", "Validation accuracy", "Validation loss", *titles, *_LAST]
    rows = [_row(ranked, label, settings) for ranked, label in zip(ranking, labels, strict=True)]
    return scrolling_table("Ranking", heads, rows)


def scrolling_table(
    title: str, heads: Sequence[str], rows: Sequence[Markup], css_class: str = "lab-ranking"
) -> Markup:
    """Return a table that scrolls sideways where the page is narrow.

    Args:
        title: For screen readers.
        heads: The columns' titles.
        rows: As HTML.
        css_class: The CSS classes.
    """
    head = Markup().join(Markup('<th scope="col">{}</th>').format(each) for each in heads)
    return Markup(
        '<div class="{}" tabindex="0" role="region" aria-label="{}">'
        "<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>"
    ).format(css_class, title, head, Markup().join(rows))


def cells(texts: Iterable[object]) -> Markup:
    """Return the cells of a row."""
    return Markup().join(Markup("<td>{}</td>").format(text) for text in texts)


_LAST = ("Epochs", "Training time")


def _row(ranked: RankedGroup, label: Label, settings: Sequence[str]) -> Markup:
    group = ranked.group
    measured = [
        words.accuracy(group),
        words.loss(group),
        *(words.setting(name, group) for name in settings),
        words.epochs(group),
        words.seconds(group),
    ]
    rank = formatting.NOTHING if ranked.rank is None else str(ranked.rank)
    return Markup('<tr><td>{}</td><th scope="row"><div>{}</div></th>{}</tr>').format(
        rank, label_html(label), cells(measured)
    )


def label_html(label: Label) -> Markup:
    """Return a line's style, its name, and its state if there is one."""
    state = Markup("<small>{}</small>").format(label.state) if label.state else ""
    return Markup("{}<span>{}</span>{}").format(sign(label.style), label.name, state)
