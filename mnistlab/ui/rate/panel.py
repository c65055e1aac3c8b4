"""The range test and its checks as they are now."""

import functools
from collections.abc import Sequence

import streamlit as st

from mnistlab.core.analysis.range_test.check import RateCheckResult, judge
from mnistlab.core.analysis.range_test.suggestion import (
    NoSuggestion,
    RangeCurve,
    Suggestion,
    read_curve,
    suggest,
)
from mnistlab.core.run import RunStatus
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.typed_numbers import write_number
from mnistlab.store import RunRecord
from mnistlab.ui.charts.range_test import chart_data, chart_spec
from mnistlab.ui.charts.toolkit import draw
from mnistlab.ui.diagnosis import divergence as divergence_words
from mnistlab.ui.formatting import plain
from mnistlab.ui.live import status
from mnistlab.ui.live.panel import show_runs
from mnistlab.ui.live.snapshot import RunSnapshot, get_snapshot
from mnistlab.ui.rate import words as rate_words
from mnistlab.ui.session import state

_SECONDS_BETWEEN_RERUNS = 0.5


def show_test(run: RunRecord | None) -> Suggestion | None:
    """Show a range test; return its suggestion once it has ended.

    Args:
        run: The test; None if there is none yet, for which an empty chart is shown.
    """
    if run is None:
        st.html(rate_words.INTRODUCTION)
        _draw(None, None)
        return None
    state.note_use(run)
    show_runs("range_test", [run], _SECONDS_BETWEEN_RERUNS, _show_test_as_it_is, run.id)
    if run.status.is_active:
        return None
    found = _suggest(run.status, read_curve(get_snapshot(run).history))
    return found if isinstance(found, Suggestion) else None


def _show_test_as_it_is(snapshots: Sequence[RunSnapshot]) -> None:
    [run] = snapshots
    st.html(status.status_line(run))
    status.show_trouble(run.status.is_active)
    curve = read_curve(run.history)
    found = _suggest(run.status, curve)
    _draw(curve, found if isinstance(found, Suggestion) else None)
    st.html(rate_words.live_numbers(curve) if found is None else rate_words.suggestion(found))


def _suggest(status: RunStatus, curve: RangeCurve | None) -> Suggestion | NoSuggestion | None:
    """Return a test's suggestion; None while it is active."""
    if status.is_active:
        return None
    if curve is None:
        return NoSuggestion.EARLY
    return suggest(curve, is_complete=status is RunStatus.FINISHED)


def _draw(curve: RangeCurve | None, suggestion: Suggestion | None) -> None:
    st.markdown(
        "**Training loss** :gray[by learning rate; points are measured, the line is smoothed]"
    )
    with st.container(key="range_panel"):
        draw(
            chart_data(curve, suggestion),
            chart_spec(),
            key="range_chart",
            alt="Training loss by learning rate, which rises at every step",
        )


def show_check(
    configs: Sequence[RunConfig], runs: Sequence[RunRecord | None]
) -> RateCheckResult | None:
    """Show the checks; return the verdict once all have ended.

    Args:
        configs: The checks' configs, by increasing learning rate.
        runs: The runs of these configs; None where there is none.
    """
    for run in filter(None, runs):
        state.note_use(run)
    known = [run for run in runs if run is not None]
    show = functools.partial(_show_check_as_it_is, configs, runs)
    show_runs("check", known, _SECONDS_BETWEEN_RERUNS, show)
    return _judge(runs)


def _show_check_as_it_is(
    configs: Sequence[RunConfig],
    runs: Sequence[RunRecord | None],
    snapshots: Sequence[RunSnapshot],
) -> None:
    by_id = {snapshot.compared.id: snapshot for snapshot in snapshots}
    followed = [None if run is None else by_id[run.id] for run in runs]
    rates = [config.learning_rate for config in configs]
    verdict = _judge(runs)
    st.html(rate_words.checks(followed, rates, verdict.rate if verdict else None))
    for run in runs:
        if run is not None and (reason := _why_without_result(run)):
            rate = write_number(run.config.learning_rate)
            st.markdown(f":gray[{plain(f'{rate}: {reason}')}]")
    if _have_ended(runs):
        all_diverged = all(run is not None and run.status is RunStatus.DIVERGED for run in runs)
        images = configs[0].validation_images
        st.html(rate_words.verdict(verdict, rates, images, all_diverged=all_diverged))


def _judge(runs: Sequence[RunRecord | None]) -> RateCheckResult | None:
    """Return the checks' result; None until each has ended, or if all of them failed."""
    if not _have_ended(runs):
        return None
    finished = [run for run in runs if run is not None and run.status is RunStatus.FINISHED]
    return judge([get_snapshot(run).compared for run in finished])


def _why_without_result(run: RunRecord) -> str:
    """Return why a check has no result; empty if it has one or has not ended."""
    if run.status is RunStatus.DIVERGED:
        return divergence_words.explain(get_snapshot(run).history, run.config)
    return run.message if run.status is RunStatus.FAILED else ""


def _have_ended(runs: Sequence[RunRecord | None]) -> bool:
    ends = (RunStatus.FINISHED, RunStatus.DIVERGED, RunStatus.FAILED)
    return all(run is not None and run.status in ends for run in runs)
