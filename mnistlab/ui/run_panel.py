"""The run in view: how it stands, its curves, and what it came to."""

import pyarrow as pa
import streamlit as st

from mnistlab.core.config import RunConfig
from mnistlab.core.history import History
from mnistlab.core.run import RunStatus
from mnistlab.store import RunRecord
from mnistlab.ui import charts, run_status, ticker
from mnistlab.ui.kindness import kindly
from mnistlab.ui.services import get_services

_SECONDS_BETWEEN_LOOKS = 0.5
_SECONDS_BETWEEN_LOOKS_IN_QUEUE = 2.0


def show_run(record: RunRecord) -> None:
    """Show a run; while it goes on, look again and again."""
    st.fragment(_show_live, key=f"live-{record.id}")(record)


def _show_live(record: RunRecord) -> None:
    _show_as_it_is(record)
    # After an error too: the next look may go well.
    if record.status.is_active:
        ticker.look_again(_seconds_to_next_look(record), "run")


def _seconds_to_next_look(record: RunRecord) -> float:
    live = get_services().engine.look(record.id)
    if live is not None and live.status is RunStatus.RUNNING:
        return _SECONDS_BETWEEN_LOOKS
    return _SECONDS_BETWEEN_LOOKS_IN_QUEUE


@kindly
def _show_as_it_is(record: RunRecord) -> None:
    view = run_status.look(record)
    if record.status.is_active and view.status is not record.status:
        _show_page_again(record)
    st.html(run_status.status_line(view))
    _show_trouble(view)
    st.html(run_status.stats(view))
    _show_curves(view.config, view.history)


def _show_page_again(record: RunRecord) -> None:
    """Show the whole page as it is now, if the store knows by now that the run has moved on."""
    if get_services().store.run(record.id).status is not record.status:
        st.rerun()


def _show_trouble(view: run_status.RunView) -> None:
    trouble = get_services().engine.trouble
    if trouble and view.status.is_active:
        st.warning(trouble)


def _show_curves(config: RunConfig, history: History) -> None:
    data = charts.curve_data(history)
    left, right = st.columns(2, gap="medium")
    with left:
        spec = charts.accuracy_spec(config.epochs, _is_on("zoom_accuracy"))
        _show_chart(data, "Accuracy", "share of images read right", spec)
        st.toggle("90 to 100 % only", key="zoom_accuracy")
    with right:
        spec = charts.loss_spec(config.epochs, _is_on("log_loss"))
        _show_chart(data, "Loss", "how wrong it is, lower is better", spec)
        st.toggle("Log scale", key="log_loss", help="Tells small losses apart from each other.")


def _is_on(key: str) -> bool:
    return bool(st.session_state.get(key, False))


def _show_chart(data: pa.Table, title: str, hint: str, spec: charts.Spec) -> None:
    name = title.lower()
    st.markdown(f"**{title}** :gray[{hint}]")
    alt = f"{title} on training and validation images by epoch"
    with st.container(key=f"{name}_panel"):
        st.vega_lite_chart(data, spec, key=f"{name}_chart", alt=alt)
