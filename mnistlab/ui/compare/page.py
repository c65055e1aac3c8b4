"""The Compare page: several runs' curves in one chart, and their ranking."""

import streamlit as st

from mnistlab.ui import frame
from mnistlab.ui.compare import panel as comparison_panel
from mnistlab.ui.compare.choice import MOST_RUNS, RunSelection, find_choice
from mnistlab.ui.formatting import plain
from mnistlab.ui.overlay import words
from mnistlab.ui.session import state

_KEY = "compared_runs"


def show() -> None:
    """Show the page."""
    st.title("Compare", anchor=False)
    choice = find_choice()
    for note in choice.notes:
        st.warning(plain(note))
    if not choice.candidates:
        _show_nothing_yet()
        return
    _show_chooser(choice)
    if not choice.chosen:
        st.markdown(":gray[Choose two or more runs to see their curves here.]")
        return
    for run in choice.chosen:
        state.note_use(run)
    comparison_panel.show(choice.chosen)
    if len(choice.chosen) == 1:
        _show_what_to_do()
    _show_share(choice)


def _show_nothing_yet() -> None:
    frame.invite_to_train(
        "**Train a network first.** Then change one setting, train again, and compare the two "
        "runs here.",
        "Train a network",
    )


def _show_chooser(choice: RunSelection) -> None:
    names = words.name_runs(choice.candidates)
    st.session_state[_KEY] = [run.id for run in choice.chosen]
    st.multiselect(
        "Runs",
        list(names),
        key=_KEY,
        format_func=lambda run_id: names.get(run_id, ""),
        max_selections=MOST_RUNS,
        select_all=False,
        placeholder="Choose runs",
        on_change=lambda: state.compare(_known(st.session_state[_KEY], names)),
        help=f"Up to {MOST_RUNS} of your runs, even while they train. Runs that differ only in "
        "their seed are drawn as one band.",
    )


def _known(chosen: list[str], names: dict[str, str]) -> list[str]:
    return [run_id for run_id in chosen if run_id in names][:MOST_RUNS]


def _show_what_to_do() -> None:
    frame.invite_to_train(
        "**A single run can't be compared.** Choose another one above, or train one that differs "
        "in a single setting: then you know what made the difference.",
        "Train another",
    )


def _show_share(choice: RunSelection) -> None:
    base = str(st.context.url).split("?")[0]
    ids = ",".join(run.id for run in choice.chosen)
    with st.popover("Share", icon=":material/link:", key="share_panel"):
        st.markdown("Link to this comparison (view only):")
        st.code(f"{base}?compare={ids}", language=None, wrap_lines=True)
