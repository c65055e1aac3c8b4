"""A run at one moment, from the engine while it is active, else from the store."""

import functools
from dataclasses import dataclass

from mnistlab.core.analysis.comparison import ComparedRun
from mnistlab.core.run import RunStatus
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.history import History
from mnistlab.engine.live import Wait
from mnistlab.store import RunRecord
from mnistlab.ui.services import get_services


@dataclass(frozen=True)
class RunSnapshot:
    """A run as it is now.

    Attributes:
        compared: Its id, name, config and history.
        status: Its status.
        wait: Its place in the queue, if it is queued.
        is_stopping: Whether Stop was pressed and the run has not ended yet.
        message: Why it ended; empty while it is active.
    """

    compared: ComparedRun
    status: RunStatus
    wait: Wait | None = None
    is_stopping: bool = False
    message: str = ""

    @property
    def config(self) -> RunConfig:
        """The settings."""
        return self.compared.config

    @property
    def history(self) -> History:
        """The curves so far."""
        return self.compared.history

    @property
    def step(self) -> int:
        """The last step whose points are all there: at an epoch's end also validation's."""
        told = [point.step for point in self.history.steps[-2:]]
        if told and self.status.is_active and self._is_validating(told[-1]):
            told.pop()
        return told[-1] if told else 0

    def _is_validating(self, step: int) -> bool:
        validated = self.history.epochs[-1].step if self.history.epochs else 0
        return step % self.config.steps_per_epoch == 0 and validated < step

    @property
    def share(self) -> float:
        """The share of its epochs that is trained, from 0 to 1."""
        return self.history.epochs_trained / self.config.epochs


def get_snapshot(record: RunRecord) -> RunSnapshot:
    """Return the run of `record` as it is now; one that has ended is read from the store once."""
    if not record.status.is_active:
        return _ended(record, ended_history(record.id, record.seconds))
    active = active_snapshot(record)
    if active is None:
        store = get_services().store
        return _ended(store.run(record.id), store.history(record.id))
    return active


def active_snapshot(record: RunRecord) -> RunSnapshot | None:
    """Return a run that this server has trained, as it is now; None for any other."""
    live = get_services().engine.look(record.id)
    if live is None:
        return None
    compared = ComparedRun(record.id, record.name, live.config, live.history)
    return RunSnapshot(compared, live.status, live.wait, live.is_stopping)


def _ended(record: RunRecord, history: History) -> RunSnapshot:
    compared = ComparedRun(record.id, record.name, record.config, history)
    return RunSnapshot(compared, record.status, message=record.message)


# Enough for ten students with an experiment of a dozen runs each; about 0.1 MB a history.
@functools.lru_cache(maxsize=120)
def ended_history(run_id: str, seconds: float) -> History:
    """Read the curves of a run that has ended; `seconds` changes when training continues."""
    return get_services().store.history(run_id)
