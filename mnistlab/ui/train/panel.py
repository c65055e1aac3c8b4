"""The open run: status, curves and diagnosis."""

from collections.abc import Mapping, Sequence

import pyarrow as pa
import streamlit as st
from markupsafe import Markup

from mnistlab.core.analysis.diagnosis.diagnosis import diagnose
from mnistlab.core.analysis.diagnosis.overfitting import Finding, find_overfitting
from mnistlab.core.analysis.range_test.suggestion import is_range_test
from mnistlab.core.training.history import Measure
from mnistlab.store import RunRecord
from mnistlab.ui import navigation
from mnistlab.ui.charts import learning_curves
from mnistlab.ui.charts.learning_curves import WHILE_TRAINING, WHOLE, curve_data
from mnistlab.ui.charts.toolkit import Spec, draw
from mnistlab.ui.diagnosis import convergence as convergence_note
from mnistlab.ui.diagnosis import overfitting as overfitting_note
from mnistlab.ui.live import status
from mnistlab.ui.live.panel import show_runs
from mnistlab.ui.live.snapshot import RunSnapshot
from mnistlab.ui.train.inside import show_inside

_HOW_IT_IS_JUDGED = Markup(
    '<details class="lab-details"><summary>How this is judged</summary>'
    f"{convergence_note.HOW_IT_IS_JUDGED}{overfitting_note.HOW_IT_IS_JUDGED}</details>"
)
_SECONDS_BETWEEN_RERUNS = 1.5
"""A rerun takes the browser 0.11 to 0.14 s of a core, two thirds of it for Streamlit's own work.
With one rerun a second, on two cores shared with the browser, an epoch of the notebook's network
takes 2.1 s instead of 1.9 (our own measurement). Long runs pause longer (`live/panel.py`)."""


def show_run(record: RunRecord) -> None:
    """Show a run, and rerun while it is active."""
    show_runs("run", [record], _SECONDS_BETWEEN_RERUNS, _show_as_it_is, record.id)


def _show_as_it_is(snapshots: Sequence[RunSnapshot]) -> None:
    [run] = snapshots
    st.html(status.status_line(run))
    status.show_trouble(run.status.is_active)
    st.html(status.stats(run))
    _show_curves(run)


def _show_curves(run: RunSnapshot) -> None:
    config, history = run.config, run.history
    findings = {
        measure: find_overfitting(history, config.validation_images, measure) for measure in Measure
    }
    detail = WHILE_TRAINING if run.status.is_active else WHOLE
    data = curve_data(history, findings, detail)
    left, right = st.columns(2, gap="medium")
    with left:
        spec = learning_curves.accuracy_spec(config.epochs, _is_on("zoom_accuracy"))
        _show_chart(data, "Accuracy", "share of correct predictions", spec)
        st.toggle("90–100% only", key="zoom_accuracy")
    with right:
        spec = learning_curves.loss_spec(config.epochs, _is_on("log_loss"))
        _show_chart(data, "Loss", "prediction error; lower is better", spec)
        st.toggle("Log scale", key="log_loss", help="Makes small losses easier to compare.")
    show_inside(config, history)
    if is_range_test(config):
        _show_way_to_suggestion()
    else:
        _show_diagnosis(run, findings)


def _show_way_to_suggestion() -> None:
    st.markdown("This is an LR range test: its learning rate rises until training breaks down.")
    st.page_link(
        navigation.RATE.path, label="See the suggested learning rate", icon=":material/search:"
    )


def _show_diagnosis(run: RunSnapshot, findings: Mapping[Measure, Finding]) -> None:
    # Last in its column, so that the room reserved during a run is below the texts.
    st.html(
        Markup('<div class="lab-diagnosis" data-run="{}">{}{}{}</div>').format(
            run.status,
            convergence_note.note(diagnose(run.config, run.history), run.status),
            overfitting_note.notes(findings),
            _HOW_IT_IS_JUDGED,
        )
    )


def _is_on(key: str) -> bool:
    return bool(st.session_state.get(key, False))


def _show_chart(data: pa.Table, title: str, hint: str, spec: Spec) -> None:
    name = title.lower()
    st.markdown(f"**{title}** :gray[{hint}]")
    alt = f"{title} on training and validation images by epoch"
    with st.container(key=f"{name}_panel"):
        draw(data, spec, key=f"{name}_chart", alt=alt)
