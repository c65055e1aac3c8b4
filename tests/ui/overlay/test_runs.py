"""Which lines of a comparison pushed points lengthen."""

import pytest

from mnistlab.core.analysis.comparison import Group
from mnistlab.core.analysis.curves import Axis
from mnistlab.core.training.history import Measure
from mnistlab.ui.charts.palette import LINE_STYLES
from mnistlab.ui.overlay.controls import ChartOptions
from mnistlab.ui.overlay.runs import PlottedGroup, moving_lines
from mnistlab.ui.overlay.table import Label
from tests.ui.overlay.test_names import group


def plotted(members: Group, line: int) -> PlottedGroup:
    return PlottedGroup(members, Label("", LINE_STYLES[line], ""))


def options(axis: Axis, has_training: bool = False) -> ChartOptions:
    return ChartOptions(Measure.LOSS, axis, has_training=has_training, whole=False)


def test_a_line_of_several_runs_is_drawn_by_the_server_alone() -> None:
    plots = [plotted(group(seeds=(4,)), 0), plotted(group(seeds=(1, 2), dropout=0.1), 1)]
    [line] = moving_lines(plots, options(Axis.EPOCH))
    assert (line.run, line.row) == ("4", {"kind": "validation", "line": "0"})


def test_training_curves_move_where_they_are_drawn() -> None:
    lines = moving_lines([plotted(group(), 3)], options(Axis.EPOCH, has_training=True))
    assert {line.split for line in lines} == {"training", "validation"}


@pytest.mark.parametrize(
    ("axis", "by", "per"),
    [
        (Axis.EPOCH, "epoch", 1),
        (Axis.STEP, "step", 1),
        (Axis.SECONDS, "seconds", 1),
        (Axis.SHARE, "epoch", 12.5),
    ],
)
def test_points_are_placed_by_the_axis(axis: Axis, by: str, per: float) -> None:
    [line] = moving_lines([plotted(group(epochs=8), 0)], options(axis))
    assert (line.by, line.per) == (by, per)
