"""The runs of the Learning rate page: the range test of the form's settings, and its checks.

They are found by their settings alone, so that a reload or a link finds them again.
"""

from collections.abc import Sequence

from mnistlab.core.analysis.range_test.suggestion import range_config
from mnistlab.core.run import RunStatus
from mnistlab.core.settings.config import RunConfig
from mnistlab.store import NAME_LENGTH, RunRecord
from mnistlab.ui import formatting
from mnistlab.ui.errors import catch_action_errors
from mnistlab.ui.services import get_services
from mnistlab.ui.session import state

_CUT_SHORT = (RunStatus.STOPPED, RunStatus.INTERRUPTED)


def test_config() -> RunConfig:
    """Return the range test of the form's settings, within this server's limits."""
    config, _ = state.config()
    return range_config(config, get_services().engine.limits.max_epochs)


def find(configs: Sequence[RunConfig]) -> list[RunRecord | None]:
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


@catch_action_errors
def start(configs: Sequence[RunConfig], prefix: str = "") -> None:
    """Train the runs that are missing or were cut short.

    Args:
        configs: The runs' configs.
        prefix: The start of the runs' names.
    """
    engine = get_services().engine
    for config, run in zip(configs, find(configs), strict=True):
        if run is None or (run.status in _CUT_SHORT and run.lab != state.lab()):
            name = f"{prefix}{formatting.short_name(config)}"[:NAME_LENGTH]
            engine.submit(state.lab(), config, name)
        elif run.status in _CUT_SHORT:
            engine.run_again(state.lab(), run.id)


@catch_action_errors
def stop(configs: Sequence[RunConfig]) -> None:
    """Stop the active ones of the runs."""
    for run in find(configs):
        if run is not None and is_own_and_active(run):
            get_services().engine.stop(state.lab(), run.id)


def is_own_and_active(run: RunRecord) -> bool:
    """Return whether this visitor can stop a run."""
    return run.status.is_active and run.lab == state.lab()


def need_training(runs: Sequence[RunRecord | None]) -> bool:
    """Return whether one of the runs is missing or was cut short."""
    return any(run is None or run.status in _CUT_SHORT for run in runs)
