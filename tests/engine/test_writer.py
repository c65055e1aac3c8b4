"""What is written down of a run while it goes on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mnistlab.core.run import RunStatus
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.limits import Limits
from mnistlab.core.training.events import EpochPoint
from mnistlab.core.training.history import History
from mnistlab.engine.live import LiveRuns
from mnistlab.engine.writer import Writer
from mnistlab.store import RunStore, open_store
from tests.engine.conftest import wait_for


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RunStore]:
    opened = open_store(tmp_path).store
    yield opened
    opened.close()


class Runs:
    """Runs whose curves are written to a store."""

    def __init__(self, store: RunStore) -> None:
        self.store, self.live = store, LiveRuns()
        self.writer = Writer(store, self.live)
        self._lab = store.create_lab()

    def begin(self, name: str) -> str:
        run_id = self.store.create_run(self._lab, RunConfig(), name, "server").id
        self.live.add(run_id, RunConfig(), History())
        return run_id

    def train_an_epoch(self, run_id: str, epoch: int) -> None:
        point = EpochPoint(epoch, 10 * epoch, 0.5, 0.9, 0.4, 0.9, seconds=0.1)
        self.live.update(run_id, "first attempt", History(epochs=[point]))
        self.writer.save_curve(run_id)

    def written(self, run_id: str) -> int:
        return self.store.history(run_id).epochs_done


def test_curves_that_grow_fast_are_written_from_time_to_time(store: RunStore) -> None:
    runs = Runs(store)
    fast, other = runs.begin("fast"), runs.begin("other")
    runs.train_an_epoch(fast, 0)
    wait_for(lambda: bool(store.history(fast).epochs), "The untrained network in the store")
    runs.train_an_epoch(fast, 1)
    wait_for(lambda: runs.written(fast) == 1, "A curve's first epoch in the store")
    for epoch in range(2, 100):
        runs.train_an_epoch(fast, epoch)
    runs.train_an_epoch(other, 1)
    runs.writer.close()
    assert (runs.written(fast), runs.written(other)) == (1, 1)
    assert store.run(fast).status is RunStatus.RUNNING


def test_a_run_that_begins_again_is_written_at_once(store: RunStore) -> None:
    runs = Runs(store)
    run_id = runs.begin("twice")
    runs.train_an_epoch(run_id, 1)
    runs.writer.save_end(run_id, lambda: None, Limits())
    wait_for(lambda: not runs.live.ids(), "The end of the first time")
    runs.live.add(run_id, RunConfig(), History())
    runs.train_an_epoch(run_id, 2)
    runs.writer.close()
    assert runs.written(run_id) == 2
