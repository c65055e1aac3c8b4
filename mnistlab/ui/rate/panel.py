"""The range test and its checks as they are now."""

import functools
from collections.abc import Sequence

import streamlit as st
from markupsafe import Markup

from mnistlab.core.analysis.range_test.check import RateCheckResult, judge, trained_config
from mnistlab.core.analysis.range_test.suggestion import RangeCurve, Suggestion, read_curve
from mnistlab.core.run import RunStatus
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.typed_numbers import write_number
from mnistlab.store import RunRecord
from mnistlab.ui import navigation
from mnistlab.ui.charts.range_test import chart_data, chart_spec
from mnistlab.ui.charts.toolkit import draw
from mnistlab.ui.diagnosis import divergence as divergence_words
from mnistlab.ui.live import parts, status
from mnistlab.ui.live.panel import Pushed, show_runs
from mnistlab.ui.live.parts import View
from mnistlab.ui.live.snapshot import RunSnapshot, get_snapshot
from mnistlab.ui.rate import runs as rate_runs
from mnistlab.ui.rate import words as rate_words
from mnistlab.ui.rate.checks_table import checks_table
from mnistlab.ui.rate.duration import estimate
from mnistlab.ui.rate.runs import RateSearch
from mnistlab.ui.session import state

_SECONDS_BETWEEN_RERUNS = 0.5
_PREFIX = "Check: "

_USE_WIDTH = 150
"""Pixels, for any rate, since the best one of the checks may have more digits."""


def show_search(search: RateSearch) -> None:
    """Show a search, and rerun while one of its runs is active."""
    for run in search.runs:
        state.note_use(run)
    owner = search.test_run.id if search.test_run else ""
    show = functools.partial(_show_as_it_is, search)
    show_runs("rate", search.runs, _SECONDS_BETWEEN_RERUNS, show, owner)


def _show_as_it_is(search: RateSearch, snapshots: Sequence[RunSnapshot]) -> Pushed:
    by_id = {snapshot.compared.id: snapshot for snapshot in snapshots}
    test = by_id[search.test_run.id] if search.test_run else None
    checks = [None if run is None else by_id[run.id] for run in search.check_runs]
    curve = read_curve(test.history) if test else None
    # Laid out by the style: the chart beside the rest; on a phone below the suggestion.
    with st.container(key="rate"):
        with st.container(key="suggestion", gap="small"):
            _show_suggestion(search, test, curve)
        with st.container(key="range_panel", gap="xsmall"):
            _show_chart(search, curve)
            st.page_link(navigation.TRAIN.path, label="Change the settings", icon=":material/tune:")
            how_it_ended = _why_without_result(test) if test is not None else ""
            st.html(rate_words.how_it_works(search.config, search.suggestion, how_it_ended))
        with st.container(key="checks", gap="small"):
            if search.checks:
                _show_checks(search.checks, checks, _judge(search.check_runs))
    return Pushed(View.RATE)


def _show_suggestion(
    search: RateSearch, test: RunSnapshot | None, curve: RangeCurve | None
) -> None:
    with st.container(key="range_status"):
        if test is None:
            st.html(rate_words.NOT_STARTED)
        else:
            st.html(parts.show_status(test))
    status.show_trouble(any(run.status.is_active for run in search.runs))
    found = search.found
    words = rate_words.not_yet(curve) if found is None else rate_words.suggestion(found)
    st.html(words if test is None else parts.mark(test, "suggestion", words))
    if search.suggestion is not None:
        with st.container(horizontal=True, gap="small"):
            _show_use(search, search.suggestion)
            _show_check_button(search)


def _show_use(search: RateSearch, suggestion: Suggestion) -> None:
    verdict = _judge(search.check_runs)
    rate = suggestion.rate if verdict is None else verdict.rate
    if st.button(
        f"Use {write_number(rate)}",
        key="use_rate",
        type="primary",
        icon=":material/check:",
        help="Puts this learning rate into the form on the Train page.",
        width=_USE_WIDTH,
        on_click=state.load_settings,
        args=(trained_config(search.config, rate),),
    ):
        st.switch_page(navigation.TRAIN.path)


def _show_check_button(search: RateSearch) -> None:
    needs_training = rate_runs.need_training(search.check_runs)
    if st.button(
        f"Check: {len(search.checks)} runs{estimate(search.checks)}",
        key="check_rate",
        disabled=not needs_training,
        help="Trains three short runs: at ⅓, 1 and 3 times the suggested learning rate.",
        on_click=rate_runs.start,
        args=(search.checks, _PREFIX),
    ):
        st.rerun()  # of the page, whose head can stop them


def _show_chart(search: RateSearch, curve: RangeCurve | None) -> None:
    st.html(rate_words.CHART_KEY)
    draw(
        chart_data(curve, search.suggestion),
        chart_spec(),
        key="range_chart",
        height="stretch",
        # Another text would draw the chart anew.
        alt="Training loss by learning rate, which rises at every step",
    )


def _show_checks(
    configs: Sequence[RunConfig],
    runs: Sequence[RunSnapshot | None],
    verdict: RateCheckResult | None,
) -> None:
    st.html(checks_table(configs, runs, verdict.rate if verdict else None))
    st.html(Markup('<div role="status">{}</div>').format(_in_words(configs, runs, verdict)))


def _in_words(
    configs: Sequence[RunConfig],
    runs: Sequence[RunSnapshot | None],
    verdict: RateCheckResult | None,
) -> Markup:
    if not _have_ended(runs):
        return rate_words.what_is_checked(configs)
    ended = [run for run in runs if run is not None]
    reasons = [
        f"{write_number(run.config.learning_rate)}: {reason}"
        for run in ended
        if (reason := _why_without_result(run))
    ]
    return rate_words.verdict(verdict, ended, reasons)


def _judge(runs: Sequence[RunRecord | None]) -> RateCheckResult | None:
    """Return the checks' result; None until each has ended, or if all of them failed."""
    if not _have_ended(runs):
        return None
    finished = [run for run in runs if run is not None and run.status is RunStatus.FINISHED]
    return judge([get_snapshot(run).compared for run in finished])


def _why_without_result(run: RunSnapshot) -> str:
    """Return why a run has no result; empty if it has one or has not ended."""
    if run.status is RunStatus.DIVERGED:
        return divergence_words.explain(run.history, run.config)
    return run.message if run.status is RunStatus.FAILED else ""


def _have_ended(runs: Sequence[RunRecord | RunSnapshot | None]) -> bool:
    ends = (RunStatus.FINISHED, RunStatus.DIVERGED, RunStatus.FAILED)
    return all(run is not None and run.status in ends for run in runs)
