"""Charts of each layer's metrics, behind a switch."""

import streamlit as st

from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.history import History
from mnistlab.ui.charts.layer_metrics import LAYER_METRICS, inside_data, inside_spec
from mnistlab.ui.charts.toolkit import draw

_KEY = "inside_figure"


def show_inside(config: RunConfig, history: History) -> None:
    """Show a switch and, if it is on, a chart of one metric by layer."""
    if not st.toggle("Look inside the network", key="inside") or not history.probes:
        return
    name = st.segmented_control(
        "Metric",
        list(LAYER_METRICS),
        format_func=lambda name: LAYER_METRICS[name].label,
        default="gradient",
        required=True,
        key=_KEY,
        label_visibility="collapsed",
    )
    metric = LAYER_METRICS[name]
    st.markdown(f":gray[{metric.hint}]")
    with st.container(key="inside_panel"):
        draw(
            inside_data(history, metric),
            inside_spec(name, config.hidden_layers + 1, config.epochs),
            key="inside_chart",
            alt=f"{metric.label} of each layer by epoch",
        )
