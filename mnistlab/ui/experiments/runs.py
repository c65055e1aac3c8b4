"""The runs of a lab that belong to an experiment, and their conclusion.

They are found by their settings alone, since the same settings give the same run.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from mnistlab.core.experiments.experiment import (
    Arm,
    Conclusion,
    Experiment,
    conclude,
    longest_first,
)
from mnistlab.core.experiments.outcome import Outcome, has_result
from mnistlab.core.experiments.registry import EXPERIMENTS
from mnistlab.core.run import RunStatus
from mnistlab.core.settings.config import RunConfig
from mnistlab.store import RunRecord
from mnistlab.ui.live.snapshot import ended_history
from mnistlab.ui.services import get_services
from mnistlab.ui.session import state


class ExperimentStatus(StrEnum):
    """The progress of an experiment."""

    UNTRIED = "not tried"
    RUNNING = "running"
    PARTLY = "partly done"
    DONE = "done"


@dataclass(frozen=True)
class ExperimentRuns:
    """An experiment with a lab's runs.

    Attributes:
        name: The experiment's name.
        runs: The existing runs, by the labels of their arms.
    """

    name: str
    runs: dict[str, RunRecord]

    @property
    def experiment(self) -> Experiment:
        """The experiment."""
        return EXPERIMENTS[self.name]

    @property
    def active(self) -> list[RunRecord]:
        """The runs that have not ended, in the order in which they are trained."""
        arms = longest_first(self.experiment.arms)
        runs = [self.runs[arm.label] for arm in arms if arm.label in self.runs]
        return [run for run in runs if run.status.is_active]

    @property
    def ended(self) -> dict[str, RunRecord]:
        """The runs with a result, by label."""
        return {label: run for label, run in self.runs.items() if has_result(run.status)}

    @property
    def missing(self) -> list[Arm]:
        """The arms without a result and without an active run."""
        covered = {*self.ended, *(label for label, run in self.runs.items() if run in self.active)}
        return [arm for arm in self.experiment.arms if arm.label not in covered]

    @property
    def trainable(self) -> list[Arm]:
        """The missing arms within this server's limits, in the order of training."""
        limits = get_services().engine.limits
        return [arm for arm in longest_first(self.missing) if not limits.problems(arm.config)]

    @property
    def state(self) -> ExperimentStatus:
        """The progress."""
        if self.active:
            return ExperimentStatus.RUNNING
        if not self.missing:
            return ExperimentStatus.DONE
        return ExperimentStatus.PARTLY if self.ended else ExperimentStatus.UNTRIED

    @property
    def best(self) -> str | None:
        """The label of the run with the highest validation accuracy, if one has finished."""
        accuracies = {
            label: run.validation_accuracy or 0.0
            for label, run in self.runs.items()
            if run.status is RunStatus.FINISHED
        }
        return max(accuracies, key=accuracies.__getitem__, default=None)

    @property
    def conclusion(self) -> Conclusion | None:
        """The conclusion from its runs; None until all have ended."""
        if self.missing or self.active:
            return None
        runs = ((label, run.id, run.seconds) for label, run in self.ended.items())
        return _conclude(self.name, tuple(runs))


def find_trials() -> dict[str, ExperimentRuns]:
    """Return all experiments with the lab's runs."""
    by_config = _by_config(get_services().store.runs(state.lab()))
    return {
        name: ExperimentRuns(
            name, {a.label: by_config[a.config] for a in spec.arms if a.config in by_config}
        )
        for name, spec in EXPERIMENTS.items()
    }


def _by_config(runs: Sequence[RunRecord]) -> dict[RunConfig, RunRecord]:
    """Return each config's run: one with a result, else one that is active, else any.

    Args:
        runs: The newest first, which is preferred among equals.
    """
    # Sorting is stable, and the last run of a config stays in the dictionary.
    ranked = sorted(reversed(runs), key=_worth)
    return {run.config: run for run in ranked}


def _worth(run: RunRecord) -> int:
    return 2 if has_result(run.status) else 1 if run.status.is_active else 0


# Enough for thirty labs with all experiments; the key changes when a run is replaced.
@functools.lru_cache(maxsize=500)
def _conclude(name: str, runs: tuple[tuple[str, str, float], ...]) -> Conclusion | None:
    outcomes = {}
    for label, run_id, seconds in runs:
        record, history = get_services().store.run(run_id), ended_history(run_id, seconds)
        if history.epochs:
            diverged = record.status is RunStatus.DIVERGED
            outcomes[label] = Outcome(label, record.config, history, diverged)
    return conclude(EXPERIMENTS[name], outcomes)
