"""A chart of each layer's metrics."""

import streamlit as st

from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.history import History
from mnistlab.ui.charts.layer_metrics import LAYER_METRICS, inside_data, inside_spec
from mnistlab.ui.charts.toolkit import draw


def show_inside(config: RunConfig, history: History) -> None:
    """Show a chart of one metric by layer; before the first measurement, its axes."""
    name = st.segmented_control(
        "Metric",
        list(LAYER_METRICS),
        format_func=lambda name: LAYER_METRICS[name].label,
        default="gradient",
        required=True,
        key="inside_metric",
        label_visibility="collapsed",
    )
    metric = LAYER_METRICS[name]
    with st.container(key="inside_panel"):
        draw(
            inside_data(history, metric),
            inside_spec(name, config.epochs),
            key="inside_chart",
            alt=f"{metric.label} of each layer by epoch",
        )
    st.caption(metric.hint)
