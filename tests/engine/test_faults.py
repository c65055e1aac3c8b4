"""What becomes of runs when memory, disk, database or cluster fail under them."""

import dataclasses
import signal
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.pool import Pool

from mnistlab.core.run import RunStatus
from mnistlab.engine.dispatch import retry_policy
from mnistlab.engine.link import Link
from mnistlab.store.opening import DATABASE_NAME
from tests.engine.conftest import Lab, processes_of, workers_of
from tests.factories import LONG, SMALL, wait_until

WIDE = dataclasses.replace(LONG, units=(512, 512))
"""Leaves 10 MB of results."""

_NO_LIMIT = 2**30


class Sqlite:
    """Settings of all connections to SQLite, from their next use on."""

    def __init__(self) -> None:
        self.pages = _NO_LIMIT
        self.busy_milliseconds = 10_000

    def apply(self, connection: sqlite3.Connection, *_: object) -> None:
        connection.execute(f"PRAGMA max_page_count={self.pages}")
        connection.execute(f"PRAGMA busy_timeout={self.busy_milliseconds}")


@pytest.fixture(scope="module")
def all_sqlite() -> Iterator[Sqlite]:
    settings = Sqlite()
    event.listen(Pool, "checkout", settings.apply)
    yield settings
    event.remove(Pool, "checkout", settings.apply)


@pytest.fixture
def sqlite(all_sqlite: Sqlite, lab: Lab) -> Iterator[Sqlite]:
    yield all_sqlite
    all_sqlite.__init__()  # type: ignore[misc]
    lab.store.runs(lab.key)


class TestADatabaseThatCannotBeWritten:
    def test_because_the_disk_is_full_gets_the_result_later(self, lab: Lab, sqlite: Sqlite) -> None:
        before = lab.train(SMALL)
        history, weights = lab.store.history(before.id), lab.store.weights(before.id)
        run_id = lab.submit(WIDE)
        lab.wait_for_points(run_id, 1)
        sqlite.pages = 1  # SQLite takes the present number instead: the file can't grow
        lab.engine.stop(lab.key, run_id)
        wait_until(lambda: "is full" in lab.engine.trouble, "A result that finds the disk full")
        assert "kept in memory" in lab.engine.trouble
        assert lab.engine.look(run_id) is not None
        assert lab.store.history(before.id) == history
        assert lab.store.weights(before.id) == weights
        sqlite.pages = _NO_LIMIT
        assert lab.wait_for_end(run_id).status is RunStatus.STOPPED
        assert lab.store.weights(run_id) is not None
        assert lab.engine.trouble == ""

    def test_because_another_program_has_it_is_told_later_what_was_stopped(
        self, lab: Lab, sqlite: Sqlite, engine_home: Path
    ) -> None:
        running, waiting = lab.submit(LONG), lab.submit(LONG)
        lab.wait_for_points(running)
        other_program = sqlite3.connect(engine_home / DATABASE_NAME, isolation_level=None)
        other_program.execute("BEGIN IMMEDIATE")
        sqlite.busy_milliseconds = 100
        lab.engine.stop(lab.key, waiting)
        lab.engine.stop(lab.key, running)
        wait_until(lambda: "busy" in lab.engine.trouble, "A result that finds the database busy")
        other_program.execute("COMMIT")
        other_program.close()
        sqlite.busy_milliseconds = 10_000  # or this test might find it busy itself
        assert lab.wait_for_end(running).status is RunStatus.STOPPED
        assert lab.wait_for_end(waiting).status is RunStatus.STOPPED
        assert lab.train(SMALL).status is RunStatus.FINISHED


def test_a_run_whose_worker_dies_again_and_again_is_given_up(
    lab: Lab, engine_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retry_policy, "_ATTEMPTS", 2)  # each time it moves on to the next worker
    run_id = lab.submit(LONG)
    while lab.store.run(run_id).status.is_active:
        lab.wait_for_points(run_id)
        before = lab.attempt(run_id)
        for worker in workers_of(engine_home):
            worker.send_signal(signal.SIGKILL)
        wait_until(lambda: lab.attempt(run_id) != before, "Another attempt, or the last one's end")  # noqa: B023
    record = lab.wait_for_end(run_id)
    assert record.status is RunStatus.FAILED
    assert "Try a smaller network" in record.message
    assert lab.train(SMALL).status is RunStatus.FINISHED


def test_a_cluster_that_stands_still_for_a_while_goes_on(lab: Lab, engine_home: Path) -> None:
    run_id = lab.submit(LONG)
    lab.wait_for_points(run_id)
    [cluster] = processes_of(engine_home, "mnistlab.cluster")
    cluster.send_signal(signal.SIGSTOP)
    time.sleep(3)
    before = lab.points(run_id)
    cluster.send_signal(signal.SIGCONT)
    wait_until(lambda: lab.points(run_id) > before, "More points")
    lab.stop(run_id)
    assert lab.train(SMALL).status is RunStatus.FINISHED


def test_a_connection_that_takes_long_to_end_does_not_keep_others_open() -> None:
    class Busy:
        status = "connecting"

        def close(self, timeout: float) -> None:
            raise TimeoutError(f"timed out after {timeout} s.")

    link = object.__new__(Link)
    link.client = Busy()  # type: ignore[assignment]
    link.close()
