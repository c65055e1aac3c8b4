"""The runs of a lab that a control offers, and their order.

Range tests are left out, since they train until training breaks down. An experiment has many
runs, which come after those that the student set up.
"""

from collections.abc import Sequence

from mnistlab.core.analysis.range_test.suggestion import is_range_test
from mnistlab.core.experiments.experiment import Arm, Experiment
from mnistlab.core.experiments.registry import EXPERIMENTS
from mnistlab.store import RunRecord


def run_name(experiment: Experiment, arm: Arm) -> str:
    """Return the name of the run of an experiment's arm."""
    return f"{experiment.title}: {arm.label}"


_ARMS = {
    (run_name(experiment, arm), arm.config): (experiment, arm)
    for experiment in EXPERIMENTS.values()
    for arm in experiment.arms
}
_PLACES = {key: place for place, key in enumerate(_ARMS)}


def is_of_experiment(run: RunRecord) -> bool:
    """Return whether a run was started by an experiment and not renamed."""
    return (run.name, run.config) in _ARMS


def offer(runs: Sequence[RunRecord]) -> list[RunRecord]:
    """Return the student's own runs, then those of experiments by experiment and arm.

    Args:
        runs: The newest first; the student's own keep this order.
    """
    offered = [run for run in runs if not is_range_test(run.config)]
    return sorted(offered, key=lambda run: _PLACES.get((run.name, run.config), -1))


def offer_at_first(runs: Sequence[RunRecord]) -> list[RunRecord]:
    """Return the runs to preselect: the student's own, else the newest run's experiment's."""
    offered = offer(runs)
    own = [run for run in offered if not is_of_experiment(run)]
    if own or not offered:
        return own
    newest = max(offered, key=lambda run: run.created_at)
    experiment, _ = _ARMS[newest.name, newest.config]
    return [run for run in offered if _ARMS[run.name, run.config][0] is experiment]


def label(run: RunRecord) -> str:
    """Return a run's name; for an experiment's run with the word "Experiment"."""
    if not is_of_experiment(run):
        return run.name
    experiment, arm = _ARMS[run.name, run.config]
    return f"Experiment “{experiment.title}”: {arm.label}"
