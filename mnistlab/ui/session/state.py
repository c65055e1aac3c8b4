"""What belongs to one visitor: the lab, the settings being made, the runs being looked at.

All of them live in the URL, so that reload, bookmark and link bring them back. Streamlit
drops the query when a visitor changes pages; `sync` puts it back.
"""

import contextlib
from collections.abc import Mapping

import streamlit as st

from mnistlab.core.errors import ConfigError, NotFoundError, StoreError, UnreadableRunError
from mnistlab.core.experiments.registry import EXPERIMENTS
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.fields import SETTINGS
from mnistlab.core.settings.kinds import quote
from mnistlab.core.settings.presets import PRESETS
from mnistlab.store import RunRecord
from mnistlab.ui.services import get_services
from mnistlab.ui.session import predictions

_LAB = "lab"
_RUN = "run"
_COMPARE = "compare"
_EXPERIMENT = "experiment"
_GUESSES = "guesses"
_TEXTS = "_setting_texts"
_WRITTEN = "_written_query"
_LINK_NOTES = "_link_notes"

WHY_GONE = (
    "It may have been deleted, or removed because the server was full. The same settings give "
    "the same run."
)


def sync() -> None:
    """Take over what the URL brings, then make the URL say where the visitor is."""
    query = st.query_params.to_dict()
    if not is_ready() or (query and query != st.session_state[_WRITTEN]):
        _read(query)
    run()  # so that the page says so if the run in view is gone
    _write()
    with contextlib.suppress(StoreError):  # looking comes before noting that somebody looks
        get_services().store.upkeep.note_lab(lab())


def is_ready() -> bool:
    """Tell whether `sync` has been through once: there is nothing to show before."""
    return _WRITTEN in st.session_state


def lab() -> str:
    """Return the visitor's lab key."""
    key: str = st.session_state[_LAB]
    return key


def texts() -> dict[str, str]:
    """Return the settings being made, as typed; some may not be allowed."""
    current: dict[str, str] = st.session_state[_TEXTS]
    return current


def set_text(name: str, text: str) -> None:
    """Note that the visitor set one setting."""
    texts()[name] = text
    st.session_state[_LINK_NOTES] = []


def load_settings(config: RunConfig) -> None:
    """Put a whole config into the form."""
    st.session_state[_TEXTS] = config.to_query()
    st.session_state[_LINK_NOTES] = []
    for name in SETTINGS:
        st.session_state.pop(name, None)


def config() -> tuple[RunConfig, tuple[ConfigError, ...]]:
    """Return the config nearest to what the form says, and what is wrong with the form.

    What is allowed, but too big for this server, is wrong as well.
    """
    nearest, errors = RunConfig.nearest(texts())
    return nearest, errors or get_services().engine.limits.problems(nearest)


def run() -> RunRecord | None:
    """Return the run in view, if there is one; forget it, with a note, if it is gone."""
    run_id = st.session_state.get(_RUN)
    if run_id is None:
        return None
    try:
        return get_services().store.run(run_id)
    except UnreadableRunError as error:
        open_run(None)
        link_notes().append(str(error))
        return None
    except NotFoundError:
        open_run(None)
        link_notes().append(f"The run that was open no longer exists. {WHY_GONE}")
        return None


def note_use(record: RunRecord) -> None:
    """Note that the visitor looks at a run or asks its network, so that it is kept."""
    with contextlib.suppress(StoreError):
        get_services().store.upkeep.note_run(record.id)


def open_run(run_id: str | None) -> None:
    """Bring a run into view on all pages."""
    st.session_state[_RUN] = run_id


def compared() -> list[str] | None:
    """Return the ids of the runs that the visitor or a link chose to compare, if any did.

    There may be no runs with these ids.
    """
    ids: list[str] | None = st.session_state.get(_COMPARE)
    return ids


def compare(run_ids: list[str]) -> None:
    """Choose the runs to compare; none at all is a choice too."""
    st.session_state[_COMPARE] = run_ids


def experiment() -> str | None:
    """Return the name of the experiment in view, if there is one."""
    name: str | None = st.session_state.get(_EXPERIMENT)
    return name


def open_experiment(name: str | None) -> None:
    """Bring an experiment into view, or the list of all."""
    st.session_state[_EXPERIMENT] = name


def guesses() -> dict[str, str]:
    """Return what was predicted, by experiment: the key of an option, or `guesses.SKIPPED`."""
    made: dict[str, str] = st.session_state.setdefault(_GUESSES, {})
    return made


def guess(name: str, key: str | None) -> None:
    """Note what was predicted for an experiment; None takes it back."""
    others = {other: made for other, made in guesses().items() if other != name}
    st.session_state[_GUESSES] = others if key is None else {**others, name: key}


def link_to_run(run_id: str) -> dict[str, str]:
    """Return the query of a link that brings a run and its settings into view."""
    here: dict[str, str] = st.session_state[_WRITTEN]
    return {**{name: text for name, text in here.items() if name not in SETTINGS}, _RUN: run_id}


def link_to_comparison(run_ids: list[str]) -> dict[str, str]:
    """Return the query of a link that chooses the runs to compare."""
    return {**st.session_state[_WRITTEN], _COMPARE: ",".join(run_ids)}


def link_notes() -> list[str]:
    """Return what was wrong with the link that the visitor came by, or is no longer there."""
    notes: list[str] = st.session_state.setdefault(_LINK_NOTES, [])
    return notes


def _read(query: Mapping[str, str]) -> None:
    notes: list[str] = []
    st.session_state[_LAB] = _find_lab(query.get(_LAB), notes)
    record = _find_run(query.get(_RUN), notes)
    open_run(record.id if record else None)
    st.session_state[_COMPARE] = _read_ids(query.get(_COMPARE))
    open_experiment(_find_experiment(query.get(_EXPERIMENT), notes))
    st.session_state[_GUESSES] = predictions.read(query.get(_GUESSES, ""))
    base = record.config if record else PRESETS["quick_start"].config
    given = {name: text for name, text in query.items() if name in SETTINGS}
    nearest, errors = RunConfig.nearest({**base.to_query(), **given})
    # What is put right is put right for this server too; what is merely too big for it
    # stays as it came, and the form says so.
    load_settings(get_services().engine.limits.nearest(nearest) if errors else nearest)
    notes += [f"{error} The form shows the closest allowed settings." for error in errors]
    st.session_state[_LINK_NOTES] = notes


def _find_lab(key: str | None, notes: list[str]) -> str:
    store = get_services().store
    current = st.session_state.get(_LAB)
    if key is None:
        return current or store.create_lab()
    if store.has_lab(key):
        return key
    outcome = "your lab stays open" if current else "this is a new lab"
    notes.append(f"No lab has the key in this link; {outcome}.")
    return current or store.create_lab()


def _find_run(run_id: str | None, notes: list[str]) -> RunRecord | None:
    if run_id is None:
        return None
    try:
        return get_services().store.run(run_id)
    except UnreadableRunError as error:
        notes.append(str(error))
        return None
    except NotFoundError:
        notes.append(f"No run has the id in this link. {WHY_GONE}")
        return None


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
    nearest, _ = config()
    query = {_LAB: lab(), **nearest.to_query()}
    if st.session_state.get(_RUN):
        query[_RUN] = st.session_state[_RUN]
    chosen = compared()
    if chosen is not None:
        query[_COMPARE] = ",".join(chosen)
    if experiment():
        query[_EXPERIMENT] = str(experiment())
    if guesses():
        query[_GUESSES] = predictions.write(guesses())
    st.session_state[_WRITTEN] = query
    if st.query_params.to_dict() != query:
        st.query_params.from_dict(query)
