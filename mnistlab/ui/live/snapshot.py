"""A run at one moment, from the engine while it goes on, else from the store."""

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
        contestant: Its id, name, config and history, to be compared.
        status: Where it is in its life.
        wait: What it waits for, if it waits.
        is_stopping: Whether it is about to end because somebody pressed Stop.
        message: Why it ended as it did; empty while it goes on.
    """

    contestant: ComparedRun
    status: RunStatus
    wait: Wait | None = None
    is_stopping: bool = False
    message: str = ""

    @property
    def config(self) -> RunConfig:
        """Its settings."""
        return self.contestant.config

    @property
    def history(self) -> History:
        """Its curves so far."""
        return self.contestant.history


def get_snapshot(record: RunRecord) -> RunSnapshot:
    """Return how the run of `record` stands now; one that has ended is read once."""
    if not record.status.is_active:
        return _ended(record, ended_history(record.id, record.seconds))
    services = get_services()
    live = services.engine.look(record.id)
    if live is None:
        return _ended(services.store.run(record.id), services.store.history(record.id))
    contestant = ComparedRun(record.id, record.name, live.config, live.history)
    return RunSnapshot(contestant, live.status, live.wait, live.is_stopping)


def _ended(record: RunRecord, history: History) -> RunSnapshot:
    contestant = ComparedRun(record.id, record.name, record.config, history)
    return RunSnapshot(contestant, record.status, message=record.message)


# Ten students who watch an experiment of a dozen runs; some 0.1 MB each.
@functools.lru_cache(maxsize=120)
def ended_history(run_id: str, seconds: float) -> History:
    """Read the curves of a run that has ended; `seconds` change when it is trained on."""
    return get_services().store.history(run_id)
