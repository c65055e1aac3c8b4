"""The run in view: how it stands, its curves, and what it came to."""

import pandas as pd
import streamlit as st

from mnistlab.core.config import RunConfig
from mnistlab.core.history import History
from mnistlab.store import RunRecord
from mnistlab.ui import charts, run_status
from mnistlab.ui.kindness import kindly
from mnistlab.ui.services import get_services

SECONDS_BETWEEN_LOOKS = 0.5


def show_run(record: RunRecord) -> None:
    """Show a run; while it goes on, look again twice a second."""
    every = SECONDS_BETWEEN_LOOKS if record.status.is_active else None
    st.fragment(_show_live, run_every=every, key=f"live-{record.id}")(record)


@kindly
def _show_live(record: RunRecord) -> None:
    view = run_status.look(record)
    if record.status.is_active and not view.status.is_active:
        st.rerun()  # it has just ended: show the whole page as it is now
    st.html(run_status.status_line(view))
    _show_trouble(view)
    st.html(run_status.stats(view))
    _show_curves(view.config, view.history)


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


def _show_chart(data: pd.DataFrame, title: str, hint: str, spec: charts.Spec) -> None:
    name = title.lower()
    st.markdown(f"**{title}** :gray[{hint}]")
    alt = f"{title} on training and validation images by epoch"
    with st.container(key=f"{name}_panel"):
        st.vega_lite_chart(data, spec, key=f"{name}_chart", alt=alt)
