"""The Train page: settings, the open run, the lab's runs."""

import streamlit as st
from markupsafe import Markup

from mnistlab.store import RunRecord
from mnistlab.ui import formatting
from mnistlab.ui.errors import catch_action_errors
from mnistlab.ui.formatting import plain
from mnistlab.ui.live.estimate import wait_for_speed
from mnistlab.ui.services import get_services
from mnistlab.ui.session import state
from mnistlab.ui.train.form import show_form
from mnistlab.ui.train.result import show_result
from mnistlab.ui.train.runs_table import show_runs


def show() -> None:
    """Show the page."""
    st.title("Train a network", anchor=False)
    record = state.run()
    settings, results = st.columns([1, 2], gap="large")
    with settings, st.container(key="settings"):
        show_form()
        _show_buttons(record)
        _show_limits()
    with results, st.container(key="results"):
        _show_results(record)
    show_runs()


def _show_buttons(record: RunRecord | None) -> None:
    _, problems = state.config()
    _show_estimate(record)
    can_stop = record is not None and record.status.is_active and record.lab == state.lab()
    left, right = st.columns([3, 2], wrap=False)
    left.button(
        "Train",
        key="train",
        type="primary",
        width="stretch",
        disabled=bool(problems),
        icon=":material/play_arrow:",
        on_click=_train,
    )
    right.button(
        "Stop",
        key="stop",
        width="stretch",
        disabled=not can_stop,
        icon=":material/stop:",
        help="Ends the run after its current step and keeps what it has learned.",
        on_click=_stop,
    )


def _show_estimate(record: RunRecord | None) -> None:
    config, _ = state.config()
    speed = get_services().engine.speed
    parameters = f"{config.parameter_count:,} parameters"
    if speed is not None:
        st.markdown(f":gray[{parameters}, about {formatting.duration(speed.run_seconds(config))}]")
    elif record is not None and record.status.is_active:
        # The speed is measured between runs; the page reruns when this run ends.
        st.markdown(f":gray[{parameters}]")
    else:
        wait_for_speed(f"{parameters}, getting ready…")


def _show_limits() -> None:
    services = get_services()
    line = formatting.limits(services.engine.limits)
    leaving = services.store.upkeep.next_to_delete(state.lab(), services.engine.limits)
    if leaving is not None:
        line += (
            f" When the next run ends, “{leaving.name}” ({formatting.moment(leaving.created_at)})"
        )
        line += " is deleted to make room."
    st.caption(plain(line))


@catch_action_errors
def _train() -> None:
    config, problems = state.config()
    if not problems:
        name = formatting.short_name(config)
        state.open_run(get_services().engine.submit(state.lab(), config, name))


@catch_action_errors
def _stop() -> None:
    record = state.run()
    if record is not None:
        get_services().engine.stop(state.lab(), record.id)


def _show_results(record: RunRecord | None) -> None:
    if record is None:
        _show_welcome()
        return
    # Imported here, since the charts' import takes a second of the server's startup.
    from mnistlab.ui.train.panel import show_run
    from mnistlab.ui.train.proof import show_origin, show_proof

    state.note_use(record)
    # As HTML, since a name may contain Markdown.
    st.html(Markup('<h3 class="lab-name">{}</h3>').format(record.name))
    show_origin(record)
    show_run(record)
    if not record.status.is_active:
        show_proof(record)
        show_result(record)


def _show_welcome() -> None:
    with st.container(border=True):
        st.markdown(
            "**Press Train.** A network of artificial neurons will learn to recognize handwritten "
            "digits from tens of thousands of examples while you watch. Then see which "
            "digits it gets wrong, and draw your own."
        )
