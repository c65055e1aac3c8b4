"""The ranking of the compared runs, which is also the chart's legend."""

from collections.abc import Mapping, Sequence

from mnistlab.core.analysis.comparison import RankedGroup
from mnistlab.ui import formatting
from mnistlab.ui.components.ranking.ranking import RankedLine, show_ranking
from mnistlab.ui.overlay import words
from mnistlab.ui.overlay.table import Label

_HEADS = (
    "#",
    "What differs",
    "Validation accuracy",
    "95% CI",
    "Validation loss",
    "Epochs",
    "Training time",
)


def show(ranked: Sequence[RankedGroup], labels: Mapping[str, Label]) -> str | None:
    """Show the table; return the id of the pressed group, if one is.

    Args:
        ranked: The groups, from the first to the last.
        labels: By the id of each group's first run.
    """
    lines = [_line(each, labels[each.group.members[0].id]) for each in ranked]
    return show_ranking("Ranking", _HEADS, lines, key="ranking")


def _line(ranked: RankedGroup, label: Label) -> RankedLine:
    group = ranked.group
    return RankedLine(
        id=group.members[0].id,
        rank=formatting.NOTHING if ranked.rank is None else str(ranked.rank),
        style=label.style.number,
        name=label.name,
        further=label.further,
        state=label.state,
        cells=[
            words.accuracy(group),
            words.interval(group),
            words.loss(group),
            words.epochs(group),
            words.seconds(group),
        ],
    )
