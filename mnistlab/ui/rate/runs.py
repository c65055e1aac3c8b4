"""The runs of the Learning rate page: the range test of the form's settings, and its checks.

They are found by their settings alone, so that a reload or a link finds them again.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from mnistlab.core.analysis.range_test.check import check_configs
from mnistlab.core.analysis.range_test.suggestion import (
    NoSuggestion,
    Suggestion,
    range_config,
    read_curve,
    suggest,
)
from mnistlab.core.run import RunStatus
from mnistlab.core.settings.config import RunConfig
from mnistlab.store import NAME_LENGTH, RunRecord
from mnistlab.ui import formatting
from mnistlab.ui.errors import catch_action_errors
from mnistlab.ui.live.snapshot import get_snapshot
from mnistlab.ui.services import get_services
from mnistlab.ui.session import state

_CUT_SHORT = (RunStatus.STOPPED, RunStatus.INTERRUPTED)
_WITHOUT_RESULT = (*_CUT_SHORT, RunStatus.FAILED)


@dataclass(frozen=True)
class RateSearch:
    """The search for a learning rate.

    Attributes:
        config: The form's settings.
        test: The range test's config.
        test_run: The range test; None before it is started.
        found: What it suggests; None while it is active, and before.
        checks: The configs of the suggestion's checks, by increasing learning rate.
        check_runs: The checks' runs; None where there is none.
    """

    config: RunConfig
    test: RunConfig
    test_run: RunRecord | None
    found: Suggestion | NoSuggestion | None
    checks: Sequence[RunConfig]
    check_runs: Sequence[RunRecord | None]

    @property
    def suggestion(self) -> Suggestion | None:
        """The suggested learning rate, if there is one."""
        return self.found if isinstance(self.found, Suggestion) else None

    @property
    def runs(self) -> list[RunRecord]:
        """All runs that there are."""
        return [run for run in (self.test_run, *self.check_runs) if run is not None]


def find_search() -> RateSearch:
    """Return the search with the form's settings, within this server's limits."""
    config, _ = state.config()
    test = range_config(config, get_services().engine.limits.max_epochs)
    [test_run] = _find([test])
    found = _suggest(test_run)
    checks = check_configs(config, found.rate) if isinstance(found, Suggestion) else ()
    return RateSearch(config, test, test_run, found, checks, _find(checks))


def _find(configs: Sequence[RunConfig]) -> list[RunRecord | None]:
    """Return the run of each config; None where there is none.

    The lab's newest run is preferred, but one that was cut short comes after all others; the open
    run of another lab comes last.
    """
    in_view = state.run()
    candidates = get_services().store.runs(state.lab())
    if in_view is not None and in_view.lab != state.lab():
        candidates.append(in_view)
    candidates.sort(key=lambda run: run.status in _CUT_SHORT)  # stable: the newest stays first
    found = {run.config: run for run in reversed(candidates)}
    return [found.get(config) for config in configs]


def _suggest(test_run: RunRecord | None) -> Suggestion | NoSuggestion | None:
    if test_run is None or test_run.status.is_active:
        return None
    curve = read_curve(get_snapshot(test_run).history)
    if curve is None:
        return NoSuggestion.EARLY
    return suggest(curve, is_complete=test_run.status is RunStatus.FINISHED)


@catch_action_errors
def start(configs: Sequence[RunConfig], prefix: str = "") -> None:
    """Train the runs that are missing, were cut short or failed.

    Args:
        configs: The runs' configs.
        prefix: The start of the runs' names.
    """
    engine = get_services().engine
    for config, run in zip(configs, _find(configs), strict=True):
        if run is None or (run.status in _WITHOUT_RESULT and run.lab != state.lab()):
            name = f"{prefix}{formatting.short_name(config)}"[:NAME_LENGTH]
            engine.submit(state.lab(), config, name)
        elif run.status in _WITHOUT_RESULT:
            engine.run_again(state.lab(), run.id)


@catch_action_errors
def stop(runs: Sequence[RunRecord]) -> None:
    """Stop the active ones of the runs."""
    for run in runs:
        if is_own_and_active(run):
            get_services().engine.stop(state.lab(), run.id)


def is_own_and_active(run: RunRecord) -> bool:
    """Return whether this visitor can stop a run."""
    return run.status.is_active and run.lab == state.lab()


def need_training(runs: Sequence[RunRecord | None]) -> bool:
    """Return whether one of the runs is missing or has no result."""
    return any(run is None or run.status in _WITHOUT_RESULT for run in runs)
