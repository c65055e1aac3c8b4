"""State of one visitor: the lab, the form's settings, the open run, experiment and comparison.

All of them are in the URL as well (`url.py`).
"""

import contextlib

import streamlit as st

from mnistlab.core.errors import ConfigError, NotFoundError, StoreError, UnreadableRunError
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.fields import SETTINGS
from mnistlab.store import RunRecord
from mnistlab.ui.services import get_services
from mnistlab.ui.session import ready_made

LAB = "lab"
RUN = "run"
NETWORK = "network"
COMPARE = "compare"
EXPERIMENT = "experiment"
GUESSES = "guesses"
_TEXTS = "_setting_texts"
WRITTEN = "_written_query"
LINK_NOTES = "_link_notes"

WHY_GONE = (
    "It may have been deleted, or removed because the server was full. The same settings give "
    "the same run."
)


def is_ready() -> bool:
    """Return whether `sync` has filled this state, without which no page can be shown."""
    return WRITTEN in st.session_state


def lab() -> str:
    """Return the visitor's lab key."""
    return str(st.session_state[LAB])


def texts() -> dict[str, str]:
    """Return the form's settings as typed; some may not be allowed."""
    current: dict[str, str] = st.session_state[_TEXTS]
    return current


def set_text(name: str, text: str) -> None:
    """Store one setting as typed."""
    texts()[name] = text
    st.session_state[LINK_NOTES] = []


def load_settings(config: RunConfig) -> None:
    """Put a whole config into the form."""
    st.session_state[_TEXTS] = config.to_query()
    st.session_state[LINK_NOTES] = []
    for name in SETTINGS:
        st.session_state.pop(name, None)


def config() -> tuple[RunConfig, tuple[ConfigError, ...]]:
    """Return the config nearest to the form's texts, and the form's errors.

    Settings that are too large for this server are errors as well.
    """
    nearest, errors = RunConfig.nearest(texts())
    return nearest, errors or get_services().engine.limits.problems(nearest)


def run() -> RunRecord | None:
    """Return the open run, if there is one; close it, with a note, if it no longer exists."""
    found = find_run(
        st.session_state.get(RUN), link_notes(), "The run that was open no longer exists."
    )
    if found is None:
        open_run(None)
    return found


def find_run(run_id: str | None, notes: list[str], if_gone: str) -> RunRecord | None:
    """Return a run, if it exists and can be read; else add the reason to `notes`."""
    try:
        return get_services().store.run(run_id) if run_id is not None else None
    except UnreadableRunError as error:
        notes.append(str(error))
    except NotFoundError:
        notes.append(f"{if_gone} {WHY_GONE}")
    return None


def note_use(record: RunRecord) -> None:
    """Record the use of a run, since unused runs are deleted first."""
    if ready_made.is_ready_made(record):
        return
    with contextlib.suppress(StoreError):
        get_services().store.upkeep.note_run(record.id)


def open_run(run_id: str | None) -> None:
    """Open a run on all pages, or none; an open run predicts in place of the ready-made network."""
    st.session_state[RUN] = run_id
    if run_id is not None:
        choose_ready_made(False)


def is_ready_made_chosen() -> bool:
    """Return whether the visitor chose the ready-made network to predict, not a run's."""
    return bool(st.session_state.get(NETWORK))


def choose_ready_made(chosen: bool) -> None:
    """Have the ready-made network predict, or not; the open run stays open."""
    st.session_state[NETWORK] = chosen


def compared() -> list[str] | None:
    """Return the ids of the runs chosen to compare; None before any choice.

    Runs with these ids may not exist.
    """
    ids: list[str] | None = st.session_state.get(COMPARE)
    return ids


def compare(run_ids: list[str]) -> None:
    """Choose the runs to compare; an empty list is a choice too."""
    st.session_state[COMPARE] = run_ids


def experiment() -> str | None:
    """Return the name of the open experiment, if there is one."""
    name: str | None = st.session_state.get(EXPERIMENT)
    return name


def open_experiment(name: str | None) -> None:
    """Open an experiment; None opens the list of all."""
    st.session_state[EXPERIMENT] = name


def guesses() -> dict[str, str]:
    """Return the predictions by experiment: an option's key, or `predictions.SKIPPED`."""
    made: dict[str, str] = st.session_state.setdefault(GUESSES, {})
    return made


def guess(name: str, key: str | None) -> None:
    """Store the prediction for an experiment; None removes it."""
    others = {other: made for other, made in guesses().items() if other != name}
    st.session_state[GUESSES] = others if key is None else {**others, name: key}


def link_notes() -> list[str]:
    """Return notes on errors in the visitor's link, and on runs that no longer exist."""
    notes: list[str] = st.session_state.setdefault(LINK_NOTES, [])
    return notes
