"""The labels of a comparison's lines, and tables, as HTML."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from mnistlab.ui.charts.palette import LineStyle
from mnistlab.ui.style.signs import sign


@dataclass(frozen=True)
class Label:
    """A group's name, line style and state.

    Attributes:
        name: Unique among the groups.
        style: The style of its lines.
        state: The status of unfinished runs, such as "Training"; empty if all are finished.
        further: In what its settings differ, if its name does not say it.
    """

    name: str
    style: LineStyle
    state: str
    further: str = ""


def scrolling_table(title: str, heads: Sequence[str], rows: Sequence[Markup]) -> Markup:
    """Return a table that scrolls sideways where the page is narrow.

    Args:
        title: For screen readers.
        heads: The columns' titles.
        rows: As HTML.
    """
    head = Markup().join(Markup('<th scope="col">{}</th>').format(each) for each in heads)
    return Markup(
        '<div class="lab-ranking" tabindex="0" role="region" aria-label="{}">'
        '<table class="lab-table"><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>'
    ).format(title, head, Markup().join(rows))


def cells(texts: Iterable[object]) -> Markup:
    """Return the cells of a row."""
    return Markup().join(Markup("<td>{}</td>").format(text) for text in texts)


def label_html(label: Label) -> Markup:
    """Return a line's style, its name, and its state if there is one."""
    state = Markup("<small>{}</small>").format(label.state) if label.state else ""
    return Markup("{}<span>{}</span>{}").format(sign(label.style), label.name, state)
