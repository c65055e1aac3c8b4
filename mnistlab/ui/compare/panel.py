"""The chosen runs as they are now: chart, legend and ranking."""

import functools
from collections.abc import Mapping, Sequence

import streamlit as st

from mnistlab.core.analysis.comparison import Group, group_by_seed, rank
from mnistlab.core.run import RunStatus
from mnistlab.core.training.history import Measure
from mnistlab.store import RunRecord
from mnistlab.ui import formatting
from mnistlab.ui.charts.palette import LINE_STYLES
from mnistlab.ui.live.panel import show_runs
from mnistlab.ui.live.snapshot import RunSnapshot
from mnistlab.ui.overlay import runs as overlay
from mnistlab.ui.overlay import table as comparison_table
from mnistlab.ui.overlay import words
from mnistlab.ui.overlay.controls import show_controls
from mnistlab.ui.overlay.runs import PlottedGroup
from mnistlab.ui.overlay.table import Label
from mnistlab.ui.proof.findings import show_findings

_SECONDS_BETWEEN_RERUNS = 1.0


def show(records: Sequence[RunRecord]) -> None:
    """Show the runs' comparison, and rerun while one of them is active."""
    # Chosen here, so that a rerun of the fragment does not give the accent to another line.
    accent = _find_accent(records)
    show = functools.partial(_show_as_it_is, {record.id: record for record in records}, accent)
    show_runs("comparison", records, _SECONDS_BETWEEN_RERUNS, show)


def _find_accent(records: Sequence[RunRecord]) -> str:
    """Return the id of the run in view, or else of the best."""
    ids = [record.id for record in records]
    in_view = st.session_state.get("run")
    if in_view in ids:
        return str(in_view)
    return max(records, key=lambda record: record.validation_accuracy or 0.0).id


def _show_as_it_is(
    records: Mapping[str, RunRecord], accent: str, entries: Sequence[RunSnapshot]
) -> None:
    plots = _make_plots(entries, accent)
    overlay.show_chart(entries, plots, show_controls("compared", Measure.LOSS))
    st.html(comparison_table.legend([plot.label for plot in plots]))
    if any(len(plot.group.members) > 1 for plot in plots):
        st.markdown(f":gray[{words.BAND}]")
    _show_ranking(plots)
    _show_findings(plots, records)


def _make_plots(entries: Sequence[RunSnapshot], accent: str) -> list[PlottedGroup]:
    """Return the groups in the order of their line styles; the first has the accent."""
    groups = group_by_seed([entry.compared for entry in entries])
    groups.sort(key=lambda group: accent not in {run.id for run in group.members})
    names = words.name_groups(groups)
    states = {entry.compared.id: entry.status for entry in entries}
    return [
        PlottedGroup(group, number, Label(name, LINE_STYLES[number], _state(group, states)))
        for number, (group, name) in enumerate(zip(groups, names, strict=True))
    ]


def _state(group: Group, states: dict[str, RunStatus]) -> str:
    statuses = dict.fromkeys(states[run.id] for run in group.members)
    statuses.pop(RunStatus.FINISHED, None)
    return ", ".join(formatting.STATUS_WORDS[status] for status in statuses)


def _show_ranking(plots: Sequence[PlottedGroup]) -> None:
    ranking = rank([plot.group for plot in plots])
    labels = {plot.group.members[0].id: plot.label for plot in plots}
    in_order = [labels[ranked.group.members[0].id] for ranked in ranking]
    st.subheader("Ranking", anchor=False)
    st.html(comparison_table.table(ranking, in_order))
    verdicts = words.verdicts(ranking)
    if verdicts:
        st.markdown(formatting.plain(" ".join(verdicts)))
    st.markdown(f":gray[{words.RANKING}]")


def _show_findings(plots: Sequence[PlottedGroup], records: Mapping[str, RunRecord]) -> None:
    """Show what went wrong; of runs that differ by their seed alone, in the first."""
    show_findings({plot.label.name: records[plot.group.members[0].id] for plot in plots})
