"""The open run: status, numbers, curves and diagnosis."""

import functools
from collections.abc import Sequence

import streamlit as st
from markupsafe import Markup

from mnistlab.core.analysis.diagnosis.overfitting import Finding
from mnistlab.core.analysis.range_test.suggestion import is_range_test
from mnistlab.core.training.history import Measure
from mnistlab.store import RunRecord
from mnistlab.ui import navigation
from mnistlab.ui.charts.curve_rows import (
    TRAINING,
    VALIDATION,
    WHILE_TRAINING,
    WHOLE,
    curve_data,
)
from mnistlab.ui.charts.learning_curves import curve_spec
from mnistlab.ui.charts.toolkit import draw
from mnistlab.ui.components.ticker.ticker import MovingLine
from mnistlab.ui.errors import catch_action_errors
from mnistlab.ui.live import parts, status
from mnistlab.ui.live.panel import Pushed, show_runs
from mnistlab.ui.live.parts import View
from mnistlab.ui.live.snapshot import RunSnapshot
from mnistlab.ui.services import get_services
from mnistlab.ui.session import state
from mnistlab.ui.train.inside import show_inside
from mnistlab.ui.train.numbers import numbers
from mnistlab.ui.train.parts import describe, find_overfittings
from mnistlab.ui.train.rate_control import describe_changes, show_rate_control

_SECONDS_BETWEEN_RERUNS = 1.5
"""A rerun takes the browser 0.11 to 0.14 s of a core, two thirds of it for Streamlit's own work.
With one rerun a second, on two cores shared with the browser, an epoch of the notebook's network
takes 2.1 s instead of 1.9 (our own measurement). Long runs pause longer (`live/panel.py`)."""

_WHOLE_RANGE = "whole_range"
_EXPLAINED = {
    Measure.ACCURACY: "share of correct predictions",
    Measure.LOSS: "prediction error; lower is better",
}


def show_run(record: RunRecord) -> None:
    """Show a run, and rerun while it is active."""
    show = functools.partial(_show_as_it_is, record)
    show_runs("run", [record], _SECONDS_BETWEEN_RERUNS, show, record.id)


def _show_as_it_is(record: RunRecord, snapshots: Sequence[RunSnapshot]) -> Pushed | None:
    [run] = snapshots
    _show_head(record, run)
    status.show_trouble(run.status.is_active)
    st.html(parts.mark(run, "numbers", numbers(run, record.test_correct, record.test_total)))
    _show_curves(run)
    with st.container(horizontal=True, key="curve_options"):
        st.toggle(
            "Whole range",
            key=_WHOLE_RANGE,
            help="Shows the first epochs and single outliers too; losses on a logarithmic scale.",
        )
        inside = st.toggle("Look inside the network", key="inside")
    if inside:
        show_inside(run.config, run.history)
    view = View.TRAIN_WHOLE_RANGE if st.session_state.get(_WHOLE_RANGE) else View.TRAIN
    lines = _moving_lines(run.compared.id)
    return Pushed(view, lines, is_whole=not inside, has_charts=True)


def _moving_lines(run_id: str) -> list[MovingLine]:
    return [
        MovingLine(f"{measure}_chart", {"kind": split}, "epoch", run_id, split, measure)
        for measure in Measure
        for split in (TRAINING, VALIDATION)
    ]


def _show_head(record: RunRecord, run: RunSnapshot) -> None:
    with st.container(horizontal=True, wrap=False, vertical_alignment="center", key="run_head"):
        # As HTML, since a name may contain Markdown.
        name = Markup('<h2 class="lab-name">{}</h2>').format(record.name)
        st.html(name + parts.show_status(run) + describe_changes(run))
        show_rate_control(record, run)
        can_stop = run.status.is_active and not run.is_stopping and record.lab == state.lab()
        st.button(
            "Stop",
            key="stop",
            disabled=not can_stop,
            icon=":material/stop:",
            help="Ends the run after its current step and keeps what it has learned.",
            on_click=_stop,
            args=(record.id,),
            width="content",
        )


@catch_action_errors
def _stop(run_id: str) -> None:
    get_services().engine.stop(state.lab(), run_id)


def _show_curves(run: RunSnapshot) -> None:
    findings = find_overfittings(run)
    # Laid out by the style: charts beside each other, verdicts below or, with more room, beside.
    with st.container(key="curves"):
        for measure, finding in findings.items():
            with st.container(key=f"{measure}_panel", gap="xsmall"):
                _show_chart(run, measure, finding)
        with st.container(key="verdicts"):
            if is_range_test(run.config):
                _show_way_to_suggestion()
            else:
                st.html(parts.mark(run, "verdicts", describe(run, findings)))


def _show_chart(run: RunSnapshot, measure: Measure, finding: Finding) -> None:
    st.html(
        Markup(
            '<div class="lab-key"><b title="{}">{}</b><span><i></i>validation</span>'
            '<span class="training"><i></i>training</span></div>'
        ).format(_EXPLAINED[measure], measure.capitalize())
    )
    whole = bool(st.session_state.get(_WHOLE_RANGE, False))
    detail = WHILE_TRAINING if run.status.is_active else WHOLE
    draw(
        curve_data(run.history, measure, finding, detail=detail, whole=whole),
        curve_spec(measure, run.config.epochs, whole),
        key=f"{measure}_chart",
        # The same during and after a run, since another text would replace the chart.
        alt=f"{measure.capitalize()} on training and validation images by epoch",
    )


def _show_way_to_suggestion() -> None:
    st.markdown("This is an LR range test: its learning rate rises until training breaks down.")
    st.page_link(
        navigation.RATE.path, label="See the suggested learning rate", icon=":material/search:"
    )
