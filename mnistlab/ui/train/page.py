"""The Train page: settings, the open run, the lab's runs."""

import streamlit as st
from markupsafe import Markup

from mnistlab.store import RunRecord
from mnistlab.ui import formatting
from mnistlab.ui.diagnosis import convergence as convergence_note
from mnistlab.ui.diagnosis import overfitting as overfitting_note
from mnistlab.ui.errors import catch_action_errors
from mnistlab.ui.formatting import plain
from mnistlab.ui.live.estimate import run_seconds, wait_for_speed
from mnistlab.ui.services import get_services
from mnistlab.ui.session import state
from mnistlab.ui.train.form import show_form
from mnistlab.ui.train.numbers import no_numbers
from mnistlab.ui.train.result import how_it_was_tested, show_next_steps
from mnistlab.ui.train.runs_table import show_runs


def show() -> None:
    """Show the page: on a phone a run comes before the form."""
    record = state.run()
    with st.container(key="train_with_a_run" if record else "train_without_a_run"):
        with st.container(key="settings"):
            st.title("Train", anchor=False)
            show_form()
            _show_button(record)
            _show_limits()
        with st.container(key="results"):
            _show_results(record)
        with st.container(key="lab_runs"):
            show_runs()


def _show_button(record: RunRecord | None) -> None:
    _, problems = state.config()
    is_training = record is not None and record.status.is_active
    st.button(
        "Train another" if is_training else "Train",
        key="train",
        type="primary",
        width="stretch",
        disabled=bool(problems),
        icon=":material/play_arrow:",
        on_click=_train,
    )
    _show_estimate(is_training)


def _show_estimate(is_training: bool) -> None:
    config, _ = state.config()
    seconds = run_seconds([config])
    parameters = f"{config.parameter_count:,} parameters"
    if seconds is not None:
        st.markdown(f":small[:gray[{parameters}, about {formatting.duration(seconds)}]]")
    elif is_training:
        # The speed is measured between runs; the page reruns when this run ends.
        st.markdown(f":small[:gray[{parameters}]]")
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
    st.markdown(f":small[:gray[{plain(line)}]]")


@catch_action_errors
def _train() -> None:
    config, problems = state.config()
    if not problems:
        name = formatting.short_name(config)
        state.open_run(get_services().engine.submit(state.lab(), config, name))


def _show_results(record: RunRecord | None) -> None:
    if record is None:
        _show_welcome()
        return
    # Imported here, since the charts' import takes a second of the server's startup.
    from mnistlab.ui.train.panel import show_run
    from mnistlab.ui.train.proof import show_origin, show_proof

    show_run(record)
    show_origin(record)
    show_next_steps(record)
    if not record.status.is_active:
        show_proof(record)
    st.html(
        Markup(
            '<details class="lab-details"><summary>How this is judged</summary>{}{}{}</details>'
        ).format(
            how_it_was_tested(record),
            Markup(convergence_note.HOW_IT_IS_JUDGED),
            Markup(overfitting_note.HOW_IT_IS_JUDGED),
        )
    )


_WELCOME = Markup(
    '<div class="lab-welcome"><h2>Press Train</h2><p>A network of artificial neurons will learn to '
    "recognize handwritten digits from tens of thousands of examples while you watch. Then see "
    "which digits it gets wrong, and draw your own.</p></div>"
)
_AXES = Markup(
    '<div class="lab-axes" aria-hidden="true"><p class="lab-key"><b>{}</b></p>'
    "<i></i><i></i><i></i><i></i></div>"
)


def _show_welcome() -> None:
    """Show what a run will fill: its numbers and its charts' axes."""
    axes = Markup('<div class="lab-empty">{}{}</div>').format(
        _AXES.format("Accuracy"), _AXES.format("Loss")
    )
    st.html(_WELCOME + no_numbers() + axes)
