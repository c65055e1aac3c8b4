"""The Learning rate page: a range test of the form's settings, its suggestion, and three checks."""

from collections.abc import Sequence

import streamlit as st
from markupsafe import Markup

from mnistlab.core.settings.config import RunConfig
from mnistlab.ui import formatting
from mnistlab.ui.formatting import plain
from mnistlab.ui.layout.head import head
from mnistlab.ui.rate import panel
from mnistlab.ui.rate import runs as rate_runs
from mnistlab.ui.rate.duration import estimate
from mnistlab.ui.rate.runs import RateSearch, find_search
from mnistlab.ui.session import state

_TITLE = "Find a learning rate"


def show() -> None:
    """Show the page."""
    _, problems = state.config()
    if problems:
        _show_problems(problems)
        return
    search = find_search()
    with head(_TITLE, shows=[run.id for run in search.runs]):
        _show_network(search.config)
        _show_buttons(search)
    panel.show_search(search)


def _show_problems(problems: Sequence[Exception]) -> None:
    with head(_TITLE):
        pass
    for error in problems:
        st.error(plain(str(error)))
    st.markdown(":gray[Fix the settings first, then search for a learning rate.]")


def _show_network(config: RunConfig) -> None:
    layers = formatting.network(config).replace(" ", "")
    st.html(Markup('<p class="lab-note lab-head-note">{}</p>').format(layers))


def _show_buttons(search: RateSearch) -> None:
    """Show the buttons that start the test, and stop it or its checks."""
    needs_training = rate_runs.need_training([search.test_run])
    st.button(
        f"Start{estimate([search.test])}",
        key="start_range_test",
        type="primary" if needs_training else "secondary",
        icon=":material/play_arrow:",
        disabled=not needs_training,
        help=None if needs_training else "Under way, or done: the same settings give the same.",
        on_click=rate_runs.start,
        args=([search.test],),
    )
    st.button(
        "Stop",
        key="stop_range_test",
        icon=":material/stop:",
        disabled=not any(map(rate_runs.is_own_and_active, search.runs)),
        on_click=rate_runs.stop,
        args=(search.runs,),
    )
