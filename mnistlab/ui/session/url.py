"""The URL's query, read into the session and written from it.

A reload, bookmark or link so restores the visitor's state. Streamlit drops the query when the
page changes; `sync` restores it.
"""

import contextlib
from collections.abc import Mapping

import streamlit as st

from mnistlab.core.errors import StoreError
from mnistlab.core.experiments.registry import EXPERIMENTS
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.fields import SETTINGS
from mnistlab.core.settings.kinds import quote
from mnistlab.core.settings.presets import PRESETS
from mnistlab.ui.services import get_services
from mnistlab.ui.session import predictions, ready_made, state


def sync() -> None:
    """Apply the URL's query if it has changed, then write the session's state into the URL."""
    query = st.query_params.to_dict()
    if not state.is_ready() or (query and query != st.session_state[state.WRITTEN]):
        _read(query)
    if opened := state.run():  # adds a note if the open run no longer exists
        state.note_use(opened)  # whatever page its link leads to
    _write()
    with contextlib.suppress(StoreError):  # a failed note must not hide the page
        get_services().store.upkeep.note_lab(state.lab())


def link_to_run(run_id: str) -> dict[str, str]:
    """Return the query of a link that opens a run with its settings."""
    here: dict[str, str] = st.session_state[state.WRITTEN]
    return {
        **{name: text for name, text in here.items() if name not in {*SETTINGS, state.NETWORK}},
        state.RUN: run_id,
    }


def link_to_comparison(run_ids: list[str]) -> dict[str, str]:
    """Return the query of a link that chooses the runs to compare."""
    return {**st.session_state[state.WRITTEN], state.COMPARE: ",".join(run_ids)}


def _read(query: Mapping[str, str]) -> None:
    notes: list[str] = []
    st.session_state[state.LAB] = _find_lab(query.get(state.LAB), notes)
    record = state.find_run(query.get(state.RUN), notes, "No run has the id in this link.")
    state.open_run(record.id if record else None)
    state.choose_ready_made(query.get(state.NETWORK) == ready_made.ID)
    st.session_state[state.COMPARE] = _read_ids(query.get(state.COMPARE))
    state.open_experiment(_find_experiment(query.get(state.EXPERIMENT), notes))
    st.session_state[state.GUESSES] = predictions.read(query.get(state.GUESSES, ""))
    base = record.config if record else PRESETS["quick_start"].config
    given = {name: text for name, text in query.items() if name in SETTINGS}
    nearest, errors = RunConfig.nearest({**base.to_query(), **given})
    # Invalid settings are replaced by ones within this server's limits; valid ones that are
    # too large stay, and the form shows the error.
    state.load_settings(get_services().engine.limits.nearest(nearest) if errors else nearest)
    notes += [f"{error} The form shows the closest allowed settings." for error in errors]
    st.session_state[state.LINK_NOTES] = notes


def _find_lab(key: str | None, notes: list[str]) -> str:
    store = get_services().store
    current = st.session_state.get(state.LAB)
    if key is None:
        return current or store.create_lab()
    if store.has_lab(key):
        return key
    outcome = "your lab stays open" if current else "this is a new lab"
    notes.append(f"No lab has the key in this link; {outcome}.")
    return current or store.create_lab()


def _read_ids(text: str | None) -> list[str] | None:
    if text is None:
        return None
    return list(dict.fromkeys(filter(None, text.split(","))))


def _find_experiment(name: str | None, notes: list[str]) -> str | None:
    if name is None or name in EXPERIMENTS:
        return name
    notes.append(f"There is no experiment called {quote(name)}. Choose one of these.")
    return None


def _write() -> None:
    nearest, _ = state.config()
    query = {state.LAB: state.lab(), **nearest.to_query()}
    if st.session_state.get(state.RUN):
        query[state.RUN] = st.session_state[state.RUN]
    if state.is_ready_made_chosen():
        query[state.NETWORK] = ready_made.ID
    chosen = state.compared()
    if chosen is not None:
        query[state.COMPARE] = ",".join(chosen)
    if state.experiment():
        query[state.EXPERIMENT] = str(state.experiment())
    if state.guesses():
        query[state.GUESSES] = predictions.write(state.guesses())
    st.session_state[state.WRITTEN] = query
    if st.query_params.to_dict() != query:
        st.query_params.from_dict(query)
