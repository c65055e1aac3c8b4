"""The learning rate of a run that is being trained: what it is, and a control to change it."""

import functools

import streamlit as st
from markupsafe import Markup

from mnistlab.core.analysis.range_test.suggestion import is_range_test
from mnistlab.core.errors import ConfigError
from mnistlab.core.experiments.registry import EXPERIMENTS
from mnistlab.core.run import RunStatus
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.fields import LEARNING_RATE
from mnistlab.core.settings.typed_numbers import write_number
from mnistlab.store import RunRecord
from mnistlab.ui import formatting
from mnistlab.ui.components.typed_field import MOST_CHARACTERS, explain
from mnistlab.ui.errors import catch_action_errors
from mnistlab.ui.formatting import plain
from mnistlab.ui.live.snapshot import RunSnapshot
from mnistlab.ui.services import get_services
from mnistlab.ui.session import state

_REFUSAL = "_rate_refusal"
_NOTE = (
    "A change takes effect with the next step. The charts mark it, and the run's settings keep it: "
    "trained again, they give the same curve."
)


def show_rate_control(record: RunRecord, run: RunSnapshot) -> None:
    """Show the control of a visitor's own run; it is disabled before and after training."""
    if not _is_free(record):
        return
    can_change = run.status is RunStatus.RUNNING and not run.is_stopping
    rate = run.history.base_rate(run.config)
    with st.popover(
        f"Learning rate {formatting.setting(LEARNING_RATE.name, rate)}",
        key="rate_control",
        icon=":material/tune:",
        disabled=not can_change,
        width="content",
    ):
        if can_change:
            _show_fields(record.id, run, rate)


def describe_changes(run: RunSnapshot) -> Markup:
    """Return a run's changes of the learning rate for screen readers; its charts mark them."""
    history, told = run.history, []
    for change in history.rate_changes:
        where = formatting.epoch(history.epoch_at(change.step)).lower()
        told.append(f"{formatting.rate_change(change)} ({where})")
    words = f"Learning rate changed to {'; '.join(told)}." if told else ""
    return Markup('<p class="lab-unseen" role="status">{}</p>').format(words)


def _is_free(record: RunRecord) -> bool:
    """Return whether a run is the visitor's own, and its learning rate no part of a test."""
    is_test = record.explains is not None or is_range_test(record.config)
    return record.lab == state.lab() and not is_test and record.config not in _experiments_configs()


@functools.cache
def _experiments_configs() -> frozenset[RunConfig]:
    """Return the settings by which experiments find their runs."""
    return frozenset(arm.config for spec in EXPERIMENTS.values() for arm in spec.arms)


def _show_fields(run_id: str, run: RunSnapshot, rate: float) -> None:
    # Another field after each change, with the rate of then.
    key = f"new_rate-{run_id}-{len(run.history.rate_changes)}"
    # Not by the session's state, whose value reaches the browser once, while the popover is closed.
    st.text_input(
        LEARNING_RATE.label,
        write_number(rate),
        key=key,
        max_chars=MOST_CHARACTERS,
        help=explain(LEARNING_RATE),
    )
    with st.container(horizontal=True, key="rate_actions"):
        st.button("Change", key="change_rate", on_click=_change_to_typed, args=(run_id, key))
        for label, factor in (("Halve", 0.5), ("Double", 2.0)):
            scaled = float(f"{factor * rate:.3g}")
            st.button(
                label,
                key=f"{label.lower()}_rate",
                disabled=not LEARNING_RATE.check(scaled),
                on_click=_change,
                args=(run_id, key, scaled),
            )
    refused, why = st.session_state.get(_REFUSAL, ("", ""))
    if refused == key:
        st.error(plain(why))
    st.markdown(f":small[:gray[{_scheduled_rate(run)}{_NOTE}]]")


def _scheduled_rate(run: RunSnapshot) -> str:
    if run.config.schedule == "constant" or not run.history.steps:
        return ""
    schedule = formatting.setting("schedule", run.config.schedule)
    now = formatting.number(run.history.steps[-1].learning_rate, 2)
    return f"The schedule ({schedule}) scales it, at the latest step to {now}. "


@catch_action_errors
def _change_to_typed(run_id: str, key: str) -> None:
    # Read here, since the button may be pressed before the page has rerun with a new number.
    try:
        rate = LEARNING_RATE.parse(st.session_state[key])
    except ConfigError as error:
        st.session_state[_REFUSAL] = (key, str(error))
    else:
        _change(run_id, key, rate)


@catch_action_errors
def _change(run_id: str, key: str, rate: float) -> None:
    st.session_state.pop(_REFUSAL, None)
    try:
        get_services().engine.change_rate(state.lab(), run_id, rate)
    except ConfigError as error:
        st.session_state[_REFUSAL] = (key, str(error))
