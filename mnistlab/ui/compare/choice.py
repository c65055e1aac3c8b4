"""The runs to compare: those chosen by the visitor or a link, else the newest."""

from dataclasses import dataclass

from mnistlab.core.analysis.range_test.suggestion import is_range_test
from mnistlab.core.errors import NotFoundError
from mnistlab.store import RunRecord
from mnistlab.ui.charts.palette import MOST_LINES
from mnistlab.ui.services import get_services
from mnistlab.ui.session import state
from mnistlab.ui.session.offered_runs import offer, offer_at_first

MOST_RUNS = MOST_LINES
_RUNS_AT_FIRST = 6


@dataclass(frozen=True)
class RunSelection:
    """The runs of the Compare page.

    Attributes:
        candidates: All runs that can be chosen: shared runs of other labs, the student's own,
            the newest first, and those of experiments.
        chosen: Some of them.
        notes: Why chosen runs are not shown.
    """

    candidates: list[RunRecord]
    chosen: list[RunRecord]
    notes: list[str]


def find_choice() -> RunSelection:
    """Return the runs to compare, from the session's state."""
    own = get_services().store.runs(state.lab())
    in_view = state.run()
    first = offer([in_view]) if in_view is not None else []
    ids = state.compared()
    chosen, notes = _find((ids or [])[:MOST_RUNS])
    if ids is None or (ids and not chosen):
        chosen = _distinct([*first, *offer_at_first(own)])[:_RUNS_AT_FIRST]
    if ids is not None and len(ids) > MOST_RUNS:
        notes.append(
            f"The link names {len(ids):,} runs, but only {MOST_RUNS} can be compared at a time. "
            f"These are the first {MOST_RUNS}."
        )
    others = [run for run in [*first, *chosen] if run.lab != state.lab()]
    return RunSelection(_distinct([*others, *offer(own)]), chosen, notes)


def _find(ids: list[str]) -> tuple[list[RunRecord], list[str]]:
    found: list[RunRecord] = []
    for run_id in ids:
        try:
            found.append(get_services().store.run(run_id))
        except NotFoundError:
            continue
    missing = len(ids) - len(found)
    comparable = [run for run in found if not is_range_test(run.config)]
    notes = [_describe_missing(missing)] if missing else []
    if len(comparable) < len(found):
        notes.append("Range tests are left out: they train until training breaks down.")
    return comparable, notes


def _describe_missing(count: int) -> str:
    if count == 1:
        return f"One of the runs to compare no longer exists. {state.WHY_GONE}"
    return (
        f"{count} of the runs to compare no longer exist. They may have been deleted, or removed "
        "because the server was full."
    )


def _distinct(runs: list[RunRecord]) -> list[RunRecord]:
    return list({run.id: run for run in runs}.values())
