"""The Compare page: several runs' curves in one chart, and their ranking."""

import streamlit as st

from mnistlab.core.training.history import Measure
from mnistlab.ui import navigation
from mnistlab.ui.compare import ghost
from mnistlab.ui.compare import panel as comparison_panel
from mnistlab.ui.compare.choice import MOST_RUNS, RunSelection, find_choice
from mnistlab.ui.formatting import plain
from mnistlab.ui.layout.first_run import offer_first_run
from mnistlab.ui.layout.head import head
from mnistlab.ui.overlay import words
from mnistlab.ui.overlay.controls import choose_axis, choose_measure
from mnistlab.ui.session import state

_KEY = "compared_runs"


def show() -> None:
    """Show the page."""
    choice = find_choice()
    with head("Compare", shows=[run.id for run in choice.chosen]):
        if choice.candidates:
            _show_chooser(choice)
        if choice.chosen:
            _show_share(choice)
            measure, axis = choose_measure("compared", Measure.ACCURACY), choose_axis("compared")
    for note in choice.notes:
        st.warning(plain(note))
    if not choice.candidates:
        offer_first_run(
            "**Train a network first.** Then change one setting, train again, and compare the two "
            "runs here."
        )
        ghost.show()
    elif not choice.chosen:
        st.markdown("Choose two or more runs above to see their curves here.")
        ghost.show()
    else:
        for run in choice.chosen:
            state.note_use(run)
        if len(choice.chosen) == 1:
            _show_what_to_do()
        comparison_panel.show(choice.chosen, measure, axis)


def _show_chooser(choice: RunSelection) -> None:
    names = words.name_runs(choice.candidates)
    st.session_state[_KEY] = [run.id for run in choice.chosen]
    label = f"{len(choice.chosen)} of {len(names)} runs"
    with st.popover(label, key="choose_runs"), st.container(width=480):
        st.multiselect(
            "Runs",
            list(names),
            key=_KEY,
            format_func=lambda run_id: names.get(run_id, ""),
            max_selections=MOST_RUNS,
            select_all=False,
            placeholder="Choose runs",
            on_change=lambda: state.compare(_known(st.session_state[_KEY], names)),
            help=f"Up to {MOST_RUNS} of your runs, even while they train. Runs that differ only "
            "in their seed are drawn as one band.",
        )


def _known(chosen: list[str], names: dict[str, str]) -> list[str]:
    return [run_id for run_id in chosen if run_id in names][:MOST_RUNS]


def _show_what_to_do() -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(
            "**A single run can't be compared.** Choose another one above, or train one that "
            "differs in a single setting: then you know what made the difference.",
            width="stretch",
        )
        st.page_link(navigation.TRAIN.path, label="Train another", icon=":material/play_arrow:")


def _show_share(choice: RunSelection) -> None:
    base = str(st.context.url).split("?")[0]
    ids = ",".join(run.id for run in choice.chosen)
    with st.popover("Share", key="share_panel"):
        st.markdown("Link to this comparison (view only):")
        st.code(f"{base}?compare={ids}", language=None, wrap_lines=True)
