"""“My handwriting” on the Draw page: the lab's own test set, and its runs tested on it."""

from functools import partial

import streamlit as st
from markupsafe import Markup

from mnistlab.core.drawing.handwriting import MAX_DIGITS
from mnistlab.core.drawing.handwriting_file import read_digits, write_digits
from mnistlab.core.errors import HandwritingError, StoreError
from mnistlab.core.run import RunStatus
from mnistlab.store import RunRecord
from mnistlab.ui import formatting
from mnistlab.ui.draw.handwriting import sheet
from mnistlab.ui.draw.handwriting import table as handwriting_table
from mnistlab.ui.draw.handwriting.table import Result
from mnistlab.ui.errors import catch_action_errors, show_errors
from mnistlab.ui.prediction import own_digits
from mnistlab.ui.prediction.own_digits import OwnDigits
from mnistlab.ui.services import get_services
from mnistlab.ui.session import ready_made, state
from mnistlab.ui.session.offered_runs import offer

_RUNS = 12
"""The most runs tested; with 500 digits and Quick start's size this takes 5 s."""

_FEWEST = 10
"""Digits from which runs are tested: with fewer, one mistake is more than ten points."""

_ENDED = (RunStatus.FINISHED, RunStatus.STOPPED, RunStatus.DIVERGED)
_MESSAGE, _TURN = "_handwriting_message", "_handwriting_turn"
_FILE_NAME = "my-handwriting.npz"


@show_errors
def show(picked: RunRecord) -> None:
    """Show the handwriting of the visitor's lab.

    Args:
        picked: The selected run, which is tested first.
    """
    own = own_digits.load()
    st.subheader("My handwriting", anchor=False)
    if len(own):
        st.html(handwriting_table.tally(own.labels))
    else:
        st.markdown(f":gray[{_NOTHING_YET}]")
    _show_actions(own)
    sheet.show(picked, MAX_DIGITS - len(own), _note_added)
    if message := st.session_state.pop(_MESSAGE, None):
        st.html(Markup('<p class="lab-added" role="status">{}</p>').format(message))
    if len(own) >= _FEWEST:
        _show_results(own, picked)


_NOTHING_YET = (
    "Digits you draw and label, write on a sheet or take from a picture are kept here; no network "
    f"has trained on them. From {_FEWEST} on, the selected network, your newest other runs and the "
    f"ready-made network, up to {_RUNS} in all, are tested on them."
)


def _show_actions(own: OwnDigits) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        if len(own):
            st.markdown(f"**{formatting.digits(len(own))}**", width="content")
            _show_export(own)
        _show_import()
        if len(own):
            _show_delete_all(own)


def _show_export(own: OwnDigits) -> None:
    st.download_button(
        "Export",
        # Made on download, since the page reruns often.
        partial(_export, own),
        file_name=_FILE_NAME,
        mime="application/octet-stream",
        key="export_handwriting",
        icon=":material/download:",
        on_click="ignore",
        help="Digits and labels, as a file for another lab or for NumPy.",
    )


def _export(own: OwnDigits) -> bytes:
    return write_digits(get_services().store.handwriting.digits(own.lab, own.ids))


def _show_import() -> None:
    key = f"handwriting_file_{st.session_state.setdefault(_TURN, 0)}"
    with st.popover("Import", icon=":material/upload:", key="import_handwriting"):
        st.file_uploader(
            "A file of exported digits",
            type=["npz"],
            max_upload_size=10,
            key=key,
            on_change=_import,
            args=(key,),
            help="Its digits are added to those already here.",
        )


@catch_action_errors
def _import(key: str) -> None:
    file = st.session_state[key]
    if file is None:
        return
    st.session_state[_TURN] += 1  # a new key gives an empty uploader
    handwriting = get_services().store.handwriting
    room = MAX_DIGITS - handwriting.count(state.lab())
    if room <= 0:
        raise HandwritingError(
            f"Your handwriting is full: a lab keeps {MAX_DIGITS} digits.", "Delete some of them."
        )
    read = read_digits(file.getvalue(), room)
    handwriting.add(state.lab(), read.digits)
    st.session_state[_MESSAGE] = _describe_import(len(read.digits), read.found)


def _note_added(count: int) -> None:
    st.session_state[_MESSAGE] = _describe_import(count, count)


def _describe_import(added: int, found: int) -> str:
    if added == found:
        return f"Added {formatting.digits(added)} to My handwriting."
    return (
        f"Added the first {formatting.digits(added)} of the file's {found:,} to My handwriting: "
        f"a lab keeps at most {MAX_DIGITS}."
    )


def _show_delete_all(own: OwnDigits) -> None:
    with st.popover("Delete all", icon=":material/delete:", key="ask_delete_handwriting"):
        st.markdown("This can't be undone. Export them first if you might need them.")
        st.button(
            f"Delete {formatting.digits(len(own))}",
            key="delete_handwriting",
            type="primary",
            on_click=_delete_all,
        )


@catch_action_errors
def _delete_all() -> None:
    get_services().store.handwriting.delete_all(state.lab())
    st.session_state[_MESSAGE] = "Your handwriting is deleted."


def _show_results(own: OwnDigits, picked: RunRecord) -> None:
    place = st.empty()
    with place, st.spinner("Preparing your digits"):
        own.views()
    results = []
    for run in _tested_runs(picked):
        # Streamlit can interrupt this run here, once per network, for a new drawing.
        with place, st.spinner(f"Testing on {formatting.digits(len(own))}"):
            results += _test(run, own)
    if results:
        place.html(handwriting_table.table(results))


def _test(run: RunRecord, own: OwnDigits) -> list[Result]:
    """Return one run's result; nothing if the run was deleted or is damaged."""
    try:
        predicted = own.predict(run)
    except StoreError:
        return []
    return [Result(run, int((predicted.predictions == predicted.labels).sum()), len(own))]


def _tested_runs(picked: RunRecord) -> list[RunRecord]:
    """Return the selected run, then others that have ended, the student's own first.

    The ready-made network comes last.
    """
    runs = [*offer(get_services().store.runs(state.lab())), ready_made.record()]
    ended = [run for run in runs if run.status in _ENDED and run.test_correct is not None]
    return [picked, *(run for run in ended if run.id != picked.id)][:_RUNS]
