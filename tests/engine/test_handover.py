"""A server obeys what others wrote of its runs, and goes on with theirs."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from mnistlab.core.run import RunStatus
from mnistlab.engine.api import Engine
from mnistlab.engine.connection import ExistingCluster
from mnistlab.store import open_store
from mnistlab.store.opening import DATABASE_NAME
from tests.engine.conftest import Lab
from tests.factories import LONG, SMALL, wait_until

Tamper = Callable[[str], None]

DEAD = f"{'d' * 32} via "


@pytest.fixture
def tamper(engine_home: Path) -> Tamper:
    """Change a run of the shared engine's database as another server would."""

    def tamper(statement: str) -> None:
        with closing(sqlite3.connect(engine_home / DATABASE_NAME)) as connection, connection:
            connection.execute(statement)

    return tamper


def test_a_run_that_was_stopped_elsewhere_stops(lab: Lab) -> None:
    run_id = lab.submit(LONG)
    lab.wait_for_points(run_id)
    lab.store.active.request_stop(run_id)
    assert lab.wait_for_end(run_id).status is RunStatus.STOPPED
    assert lab.store.weights(run_id)


def test_a_run_that_another_server_took_over_is_let_go(lab: Lab, tamper: Tamper) -> None:
    run_id = lab.submit(LONG)
    lab.wait_for_points(run_id)
    tamper(f"UPDATE runs SET attempt = 2, owner = 'another' WHERE id = '{run_id}'")
    wait_until(lambda: lab.engine._live.look(run_id) is None, "That it is let go")
    assert lab.points(run_id), "its curve is now seen from the store"
    lab.store.mark(run_id, RunStatus.STOPPED, attempt=2)
    assert lab.train(SMALL).status is RunStatus.FINISHED, "the worker is free"
    assert lab.store.run(run_id).status is RunStatus.STOPPED


def test_a_dead_servers_runs_are_trained_to_their_end(
    tmp_path: Path, existing_cluster: ExistingCluster, lab: Lab
) -> None:
    """But for one whose checkpoint is gone, which holds up no other."""
    dead = DEAD + str(existing_cluster.shared)
    with closing(open_store(tmp_path).store) as store:
        key = store.create_lab()
        fails, waits = (store.create_run(key, SMALL, name, dead).id for name in "12")
        store.mark(fails, RunStatus.STOPPED, attempt=1)
        store.restart(fails, SMALL, dead, continues=True)
        store.leases.release(dead)
        engine = Engine(store, existing_cluster)
        engine.start()
        survivor = Lab(key, engine, store)
        assert survivor.wait_for_end(waits).status is RunStatus.FINISHED
        failed = survivor.wait_for_end(fails)
        engine.close()
        curve = store.history(waits)
    assert failed.status is RunStatus.FAILED
    assert "could not be taken over" in failed.message
    same = lab.train(SMALL)
    assert curve == lab.store.history(same.id)
