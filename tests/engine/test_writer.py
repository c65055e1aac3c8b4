"""What is written to the store, and what becomes of what can't be."""

import sqlite3
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import event
from sqlalchemy.pool import Pool

from mnistlab.core.run import RunResult, RunStatus
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.limits import Limits
from mnistlab.core.training.events import EpochPoint
from mnistlab.core.training.history import History
from mnistlab.engine import writer
from mnistlab.engine.live import LiveRuns
from mnistlab.engine.writer import RunEnd, Writer
from mnistlab.store import RunStore, open_store
from tests.factories import wait_until


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
        self.lab = store.create_lab()

    def begin(self, name: str) -> str:
        run_id = self.store.create_run(self.lab, RunConfig(), name, "server").id
        self.live.add(run_id, RunConfig(), History(), 1)
        return run_id

    def train_an_epoch(self, run_id: str, epoch: int) -> None:
        point = EpochPoint(epoch, 10 * epoch, 0.5, 0.9, 0.4, 0.9, seconds=0.1)
        self.live.update(run_id, "first attempt", History(epochs=[point]))
        self.writer.save_curve(run_id)

    def end(self, run_id: str, save: Callable[[], None]) -> None:
        fail = partial(self.store.mark, run_id, RunStatus.FAILED, attempt=1)
        self.writer.save_end(RunEnd(run_id, 1, save, fail, Limits()))

    def finish(self, run_id: str, **left: Any) -> None:
        fields: dict[str, Any] = {"status": RunStatus.FINISHED, "history": History()} | left
        result = RunResult(**fields)
        self.end(run_id, partial(self.store.save_result, run_id, result, attempt=1))

    def status(self, run_id: str) -> RunStatus:
        return self.store.run(run_id).status

    def wait_until_over(self, *run_ids: str) -> None:
        wait_until(lambda: not set(run_ids) & set(self.live.ids()), "The end of writing")

    def written(self, run_id: str) -> int:
        return self.store.history(run_id).epochs_done


def test_curves_that_grow_fast_are_written_from_time_to_time(store: RunStore) -> None:
    runs = Runs(store)
    fast, other = runs.begin("fast"), runs.begin("other")
    runs.train_an_epoch(fast, 0)
    wait_until(lambda: bool(store.history(fast).epochs), "The untrained network in the store")
    runs.train_an_epoch(fast, 1)
    wait_until(lambda: runs.written(fast) == 1, "A curve's first epoch in the store")
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
    runs.end(run_id, lambda: None)
    wait_until(lambda: not runs.live.ids(), "The end of the first time")
    runs.live.add(run_id, RunConfig(), History(), 1)
    runs.train_an_epoch(run_id, 2)
    runs.writer.close()
    assert runs.written(run_id) == 2


def test_the_late_end_of_an_earlier_attempt_leaves_the_newer_one_alone(store: RunStore) -> None:
    runs = Runs(store)
    run_id = runs.begin("run again elsewhere")
    store.mark(run_id, RunStatus.INTERRUPTED, attempt=1)  # its lease was lost
    attempt = store.restart(run_id, RunConfig(), "another server")
    runs.live.add(run_id, RunConfig(), History(), attempt)
    runs.finish(run_id)
    runs.train_an_epoch(run_id, 1)
    runs.writer.close()
    live = runs.live.look(run_id)
    assert live is not None
    assert live.attempt == attempt
    assert (runs.status(run_id), runs.written(run_id)) == (RunStatus.RUNNING, 1)


@pytest.fixture
def small_sqlite() -> Iterator[None]:
    """SQLite as it is with values beyond its greatest length, at 100 kB instead of 1 GB."""

    def limit(connection: sqlite3.Connection, *_: object) -> None:
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 100_000)

    event.listen(Pool, "checkout", limit)
    yield
    event.remove(Pool, "checkout", limit)


@pytest.fixture
def runs(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> Iterator[Runs]:
    monkeypatch.setattr(writer, "_SECONDS_BETWEEN_WRITES", 0.05)
    runs = Runs(store)
    yield runs
    runs.writer.close()


UNSAVABLE = {
    "too large for the database": {"weights": b"w" * 1_000_000},
    "not what the store takes": {"test_probabilities": np.array(["not a number"])},
    "another type altogether": {"checkpoint": 42},
    "against the table's rules": {"status": None},
}
"""What a result may hold so that the real store refuses it, each time."""


@pytest.mark.usefixtures("small_sqlite")
class TestAResultThatCanNeverBeSaved:
    @pytest.mark.parametrize("left", UNSAVABLE.values(), ids=UNSAVABLE)
    def test_fails_its_run_with_the_reason_and_blocks_no_other(
        self, runs: Runs, left: dict[str, object], caplog: pytest.LogCaptureFixture
    ) -> None:
        bad, good = runs.begin("bad"), runs.begin("good")
        runs.finish(bad, **left)
        runs.finish(good, weights=b"w")
        runs.wait_until_over(good)
        assert bad in runs.live.ids(), "it is tried again while the other is written"
        assert runs.status(good) is RunStatus.FINISHED
        runs.wait_until_over(bad)
        record = runs.store.run(bad)
        assert record.status is RunStatus.FAILED
        assert "could not be saved (" in record.message
        assert "server administrator" in record.message
        assert record.message.partition("reference ")[2].partition(")")[0] in caplog.text
        assert runs.writer.trouble == ""

    def test_of_a_run_that_was_deleted_is_dropped(self, runs: Runs) -> None:
        gone, good = runs.begin("gone"), runs.begin("good")
        runs.store.mark(gone, RunStatus.STOPPED, attempt=1)
        runs.store.delete(runs.lab, gone)
        runs.finish(gone, weights=b"w")
        runs.finish(good, weights=b"w")
        runs.wait_until_over(gone, good)
        assert [record.id for record in runs.store.runs(runs.lab)] == [good]


class TestAFailureThatPasses:
    @pytest.mark.parametrize("error", [MemoryError(), OSError("no file is left"), KeyError("x")])
    def test_is_shown_and_tried_again(self, runs: Runs, error: Exception) -> None:
        run_id, troubles = runs.begin("in the end"), []

        def save() -> None:
            troubles.append(runs.writer.trouble)
            if len(troubles) == 1:
                raise error
            runs.store.mark(run_id, RunStatus.FINISHED, attempt=1)

        runs.end(run_id, save)
        runs.wait_until_over(run_id)
        assert runs.status(run_id) is RunStatus.FINISHED
        assert troubles[0] == ""
        assert "kept in memory" in troubles[1]
        assert runs.writer.trouble == ""

    def test_is_tried_once_more_when_the_server_ends(
        self, runs: Runs, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(writer, "_SECONDS_BETWEEN_WRITES", 3_600)
        run_id, tries = runs.begin("at last"), list[str]()

        def save() -> None:
            tries.append(run_id)
            if len(tries) == 1:
                raise MemoryError
            runs.store.mark(run_id, RunStatus.FINISHED, attempt=1)

        runs.end(run_id, save)
        wait_until(lambda: bool(runs.writer.trouble), "The first failure")
        runs.writer.close()
        assert runs.status(run_id) is RunStatus.FINISHED


def test_a_curve_that_cannot_be_written_is_logged_and_its_result_saved(
    runs: Runs, caplog: pytest.LogCaptureFixture
) -> None:
    run_id = runs.begin("odd")
    no_point: Any = object()
    runs.live.update(run_id, "first attempt", History(steps=[no_point]))
    runs.writer.save_curve(run_id)
    runs.finish(run_id, weights=b"w")
    runs.wait_until_over(run_id)
    assert f"The curve of run {run_id} can't be saved" in caplog.text
    assert runs.status(run_id) is RunStatus.FINISHED
