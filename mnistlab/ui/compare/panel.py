"""The chosen runs as they are now: chart and ranking."""

import functools
import math
from collections.abc import Mapping, Sequence

import streamlit as st
from markupsafe import Markup

from mnistlab.core.analysis.comparison import Group, RankedGroup, group_by_seed, rank
from mnistlab.core.analysis.curves import Axis
from mnistlab.core.run import RunStatus
from mnistlab.core.training.history import Measure
from mnistlab.store import RunRecord
from mnistlab.ui import formatting
from mnistlab.ui.charts.comparison_spec import Frame
from mnistlab.ui.charts.palette import LINE_STYLES
from mnistlab.ui.compare import ranking
from mnistlab.ui.live.panel import Pushed, show_runs
from mnistlab.ui.live.parts import View
from mnistlab.ui.live.snapshot import RunSnapshot
from mnistlab.ui.overlay import words
from mnistlab.ui.overlay.controls import choose_options
from mnistlab.ui.overlay.names import name_groups
from mnistlab.ui.overlay.runs import PlottedGroup, moving_lines, show_chart
from mnistlab.ui.overlay.table import Label
from mnistlab.ui.proof.findings import show_findings

NAMES = 180
"""Pixels beside the chart for its lines' names."""

_SECONDS_BETWEEN_RERUNS = 1.0


def show(records: Sequence[RunRecord], measure: Measure, axis: Axis) -> None:
    """Show the runs' comparison, and rerun while one of them is active."""
    # Chosen here, so that a rerun of the fragment does not give the accent to another line.
    accent = _find_accent(records)
    by_id = {record.id: record for record in records}
    show = functools.partial(_show_as_it_is, by_id, accent, measure, axis)
    show_runs("comparison", records, _SECONDS_BETWEEN_RERUNS, show)


def _find_accent(records: Sequence[RunRecord]) -> str:
    """Return the id of the run in view, or else of the best."""
    ids = [record.id for record in records]
    in_view = st.session_state.get("run")
    if in_view in ids:
        return str(in_view)
    return max(records, key=lambda record: record.validation_accuracy or 0.0).id


def _show_as_it_is(
    records: Mapping[str, RunRecord],
    accent: str,
    measure: Measure,
    axis: Axis,
    entries: Sequence[RunSnapshot],
) -> Pushed:
    labels = _label(entries, accent)
    ranked = rank([group for group, _ in labels])
    by_id = {group.members[0].id: label for group, label in labels}
    with st.container(horizontal=True, key="comparison"):
        with st.container(gap="xsmall"):
            chart = st.container()
            with st.container(horizontal=True, key="options"):
                options = choose_options("compared", measure, axis, len(labels))
        with st.container():
            pressed = ranking.show(ranked, by_id)
            _show_notes(ranked)
            _show_findings(labels, records)
    with chart:
        plots = [
            PlottedGroup(group, label, pressed not in (None, group.members[0].id))
            for group, label in labels
        ]
        show_chart(plots, options, Frame(_end(entries, axis), NAMES))
    return Pushed(View.COMPARE, moving_lines(plots, options))


def _label(entries: Sequence[RunSnapshot], accent: str) -> list[tuple[Group, Label]]:
    """Return the groups in the order of their line styles; the first has the accent."""
    groups = group_by_seed([entry.compared for entry in entries])
    groups.sort(key=lambda group: accent not in {run.id for run in group.members})
    states = {entry.compared.id: entry.status for entry in entries}
    named = zip(groups, name_groups(groups), LINE_STYLES, strict=False)
    return [
        (group, Label(name.text, style, _state(group, states), name.further))
        for group, name, style in named
    ]


def _state(group: Group, states: Mapping[str, RunStatus]) -> str:
    statuses = dict.fromkeys(states[run.id] for run in group.members)
    statuses.pop(RunStatus.FINISHED, None)
    return ", ".join(formatting.STATUS_WORDS[status] for status in statuses)


def _end(entries: Sequence[RunSnapshot], axis: Axis) -> int | None:
    """Return the end of the x-axis, fixed while runs train; None for seconds."""
    if axis is Axis.SECONDS:
        return None
    if axis is Axis.SHARE:
        return 100
    is_by_step = axis is Axis.STEP
    return max(
        _last_epoch(entry) * (entry.config.steps_per_epoch if is_by_step else 1)
        for entry in entries
    )


def _last_epoch(entry: RunSnapshot) -> int:
    trained = math.ceil(entry.history.epochs_trained)
    return entry.config.epochs if entry.status.is_active else max(trained, 1)


def _show_notes(ranked: Sequence[RankedGroup]) -> None:
    verdicts = words.verdicts(ranked)
    if verdicts:
        st.markdown(formatting.plain(" ".join(verdicts)))
    several = any(len(each.group.members) > 1 for each in ranked)
    notes = [words.BAND, words.RANKING] if several else [words.RANKING]
    st.html(Markup('<p class="lab-note">{}</p>').format(" ".join(notes)))


def _show_findings(labels: Sequence[tuple[Group, Label]], records: Mapping[str, RunRecord]) -> None:
    """Show what went wrong; of runs that differ by their seed alone, in the first."""
    show_findings({label.name: records[group.members[0].id] for group, label in labels})
