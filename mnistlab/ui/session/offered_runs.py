"""Which of a lab's runs are offered where one is to be chosen, and in which order.

A range test trains until training breaks down, so that its network and its curves are nothing
to compare. An experiment has many runs, which come after those that the student set up.
"""

from collections.abc import Sequence

from mnistlab.core.analysis.range_test.suggestion import is_range_test
from mnistlab.core.experiments.experiment import Arm, Experiment
from mnistlab.core.experiments.registry import EXPERIMENTS
from mnistlab.store import RunRecord


def name_of(experiment: Experiment, arm: Arm) -> str:
    """Return what the run of an experiment's arm is called."""
    return f"{experiment.title}: {arm.label}"


_ARMS = {
    (name_of(experiment, arm), arm.config): (experiment, arm)
    for experiment in EXPERIMENTS.values()
    for arm in experiment.arms
}
_PLACES = {key: place for place, key in enumerate(_ARMS)}


def is_of_experiment(run: RunRecord) -> bool:
    """Tell whether an experiment had a run trained, and nobody gave it a name of its own."""
    return (run.name, run.config) in _ARMS


def offer(runs: Sequence[RunRecord]) -> list[RunRecord]:
    """Return the student's own runs, then those of experiments by experiment and arm.

    Args:
        runs: The newest first, as own ones remain.
    """
    offered = [run for run in runs if not is_range_test(run.config)]
    # Sorting keeps the order of equals.
    return sorted(offered, key=lambda run: _PLACES.get((run.name, run.config), -1))


def offer_at_first(runs: Sequence[RunRecord]) -> list[RunRecord]:
    """Return those of the offered that are chosen before anybody chose.

    The student's own; without any, those of the newest run's experiment.
    """
    offered = offer(runs)
    own = [run for run in offered if not is_of_experiment(run)]
    if own or not offered:
        return own
    newest = max(offered, key=lambda run: run.created_at)
    experiment, _ = _ARMS[newest.name, newest.config]
    return [run for run in offered if _ARMS[run.name, run.config][0] is experiment]


def label(run: RunRecord) -> str:
    """Return a run's name; of an experiment's run, which says so."""
    if not is_of_experiment(run):
        return run.name
    experiment, arm = _ARMS[run.name, run.config]
    return f"Experiment “{experiment.title}”: {arm.label}"
