"""What can be done with a run that has ended, and how its test accuracy was measured."""

from urllib.parse import urlencode

import streamlit as st
from markupsafe import Markup

from mnistlab.core.analysis.metrics import wilson_interval
from mnistlab.core.run import RunStatus
from mnistlab.core.settings.kinds import WholeNumber
from mnistlab.core.settings.presets import PRESETS
from mnistlab.store import NAME_LENGTH, RunRecord
from mnistlab.ui import formatting
from mnistlab.ui.components.typed_field import show_typed_field
from mnistlab.ui.diagnosis import divergence as divergence_words
from mnistlab.ui.errors import catch_action_errors
from mnistlab.ui.live.snapshot import ended_history
from mnistlab.ui.navigation import DRAW, MISTAKES
from mnistlab.ui.services import get_services
from mnistlab.ui.session import state


def show_next_steps(record: RunRecord) -> None:
    """Show what can be done with a run that has ended; before, the same room."""
    # Of constant height, so that nothing moves when the run ends.
    with st.container(horizontal=True, vertical_alignment="center", key="next_steps"):
        if record.status.is_active:
            st.space(44)
            return
        if record.test_correct is not None:
            st.page_link(MISTAKES.path, label="See its mistakes", icon=":material/grid_view:")
            st.page_link(DRAW.path, label="Draw a digit", icon=":material/draw:")
        if record.lab == state.lab():
            _show_owner_actions(record)
        _show_share(record)


def how_it_was_tested(record: RunRecord) -> Markup:
    """Return the paragraph on a run's test accuracy as HTML; empty without one."""
    if record.test_correct is None or not record.test_total:
        return Markup("")
    interval = wilson_interval(record.test_correct, record.test_total)
    compared = next((p for p in PRESETS.values() if p.config == record.config), PRESETS["notebook"])
    return Markup(
        "<p>{:,} of {:,} unseen test digits were recognized correctly. The true accuracy is likely "
        "between {} and {} (95% confidence interval). For comparison: {} is {}. {}</p>"
    ).format(
        record.test_correct,
        record.test_total,
        formatting.percent(interval.low),
        formatting.percent(interval.high),
        formatting.percent(compared.reference_accuracy),
        compared.reference_source,
        _whose_weights(record),
    )


def _whose_weights(record: RunRecord) -> str:
    if record.status is RunStatus.DIVERGED:
        return divergence_words.measured_with(ended_history(record.id, record.seconds))
    if record.best_epoch is None:
        return "Measured with the final weights: no validation images, so no best epoch to choose."
    chosen = f"the weights of epoch {record.best_epoch}"
    return f"Measured with {chosen}, which had the lowest validation loss."


def _show_owner_actions(record: RunRecord) -> None:
    # With a key, a popover stays open when an element is inserted above it.
    if _can_go_on(record):
        with st.popover("Continue", icon=":material/resume:", key="continue_panel"):
            _show_continue(record)
    if record.status not in (RunStatus.FINISHED, RunStatus.QUEUED, RunStatus.RUNNING):
        st.button(
            "Run again",
            icon=":material/replay:",
            help="Starts again from the same seed and replaces this run.",
            on_click=_run_again,
            args=(record.id,),
            key="run_again",
        )
    with st.popover("Edit", icon=":material/edit:", key="edit_panel"):
        st.text_input("Name", record.name, max_chars=NAME_LENGTH, key=f"name-{record.id}")
        st.button("Rename", on_click=_rename, args=(record.id,), key="rename")
        st.divider()
        st.markdown("Deleting permanently removes its curves and weights.")
        st.button("Delete", on_click=_delete, args=(record.id,), key="delete")


def _can_go_on(record: RunRecord) -> bool:
    has_weights = record.test_correct is not None and record.status is not RunStatus.DIVERGED
    is_test = record.explains is not None  # whose settings must stay those of its run
    return has_weights and not is_test and record.epochs_done < _most_epochs()


def _most_epochs() -> int:
    return get_services().engine.limits.max_epochs


def _show_continue(record: RunRecord) -> None:
    was_cut_short = record.epochs_done < record.config.epochs
    usual = record.config.epochs if was_cut_short else 2 * record.config.epochs
    until = WholeNumber(
        "continue_epochs",
        "Train until epoch",
        "Continues from the last step. Beyond the epochs first planned, the "
        "learning-rate schedule starts over.",
        default=min(usual, _most_epochs()),
        low=record.epochs_done + 1,
        high=_most_epochs(),
    )
    key = f"continue_epochs-{record.id}-{record.epochs_done}"
    show_typed_field(until, key, str(until.default))
    st.button(
        "Continue training",
        type="primary",
        key="continue",
        on_click=_continue,
        args=(record.id, until, key),
    )


@catch_action_errors
def _continue(run_id: str, until: WholeNumber, key: str) -> None:
    # Read here, since the button may be pressed before the page has rerun with a new number.
    epochs = until.parse(st.session_state[key])
    get_services().engine.train_on(state.lab(), run_id, epochs)


@catch_action_errors
def _run_again(run_id: str) -> None:
    get_services().engine.run_again(state.lab(), run_id)


@catch_action_errors
def _rename(run_id: str) -> None:
    get_services().store.rename(state.lab(), run_id, st.session_state[f"name-{run_id}"])


@catch_action_errors
def _delete(run_id: str) -> None:
    get_services().store.delete(state.lab(), run_id)
    state.open_run(None)


def _show_share(record: RunRecord) -> None:
    base = str(st.context.url).split("?")[0]
    with st.popover("Share", icon=":material/link:", key="share_panel"):
        st.markdown("Link to this run (view only):")
        st.code(f"{base}?run={record.id}", language=None, wrap_lines=True)
        st.markdown("Link to its settings, for anybody to train:")
        query = urlencode(record.config.to_query(), safe=",:")
        st.code(f"{base}?{query}", language=None, wrap_lines=True)
