"""The choice of a network: the lab's tested runs, and the ready-made one."""

from collections import Counter

import streamlit as st

from mnistlab.store import RunRecord
from mnistlab.ui import formatting
from mnistlab.ui.services import get_services
from mnistlab.ui.session import ready_made, state
from mnistlab.ui.session.offered_runs import label, offer, offer_at_first

_KEY = "picked_run"


def pick_run() -> RunRecord:
    """Show a choice of the runs with weights and, at its end, of the ready-made network.

    The open run is preselected, else the best; the ready-made network if it was chosen, or if
    there is no run with weights yet. The choice has no visible label, so that it fits into a
    page's head.

    Returns:
        The chosen run, or the ready-made network's record.
    """
    own = _candidates()
    runs = [*own, ready_made.record()]
    names = _describe(runs)
    st.session_state[_KEY] = _preselect(own)
    st.selectbox(
        "Network",
        list(names),
        key=_KEY,
        format_func=lambda run_id: names.get(run_id, ""),
        on_change=_note_choice,
        label_visibility="collapsed",
    )
    picked = next(run for run in runs if run.id == st.session_state[_KEY])
    state.note_use(picked)
    return picked


def _preselect(own: list[RunRecord]) -> str:
    if not own or state.is_ready_made_chosen():
        return ready_made.ID
    in_view = st.session_state.get(state.RUN)
    return in_view if in_view in {run.id for run in own} else _best(own).id


def _note_choice() -> None:
    if st.session_state[_KEY] == ready_made.ID:
        state.choose_ready_made(True)
    else:
        state.open_run(st.session_state[_KEY])


def _candidates() -> list[RunRecord]:
    runs = get_services().store.runs(state.lab())
    in_view = state.run()
    if in_view is not None and in_view.lab != state.lab():
        runs = [in_view, *runs]  # a shared run
    return [run for run in offer(runs) if run.test_correct is not None]


def _best(runs: list[RunRecord]) -> RunRecord:
    """Return the run with the highest validation accuracy, since test images must not choose."""
    return max(offer_at_first(runs), key=lambda run: run.validation_accuracy or 0.0)


def _describe(runs: list[RunRecord]) -> dict[str, str]:
    """Return the runs' names by id, with their test accuracy, and the time where that is equal."""
    names = {run.id: f"{label(run)} · {_test_accuracy(run)}" for run in runs}
    times = Counter(names.values())
    return {
        run.id: f"{name} · {formatting.moment(run.created_at)}" if times[name] > 1 else name
        for run, name in zip(runs, names.values(), strict=True)
    }


def _test_accuracy(run: RunRecord) -> str:
    return formatting.percent((run.test_correct or 0) / (run.test_total or 1))
