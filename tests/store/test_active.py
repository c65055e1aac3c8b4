"""What servers that share a database know of each other's runs."""

import dataclasses

from mnistlab.core.run import RunResult, RunStatus
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.history import History
from mnistlab.store import RunStore
from tests.factories import CURVE, curve
from tests.store.conftest import Tamper

CONFIG = RunConfig()
OTHER_CURVE = curve([0.5])


def test_active_runs_of_all_servers_are_seen(store: RunStore, lab: str) -> None:
    queued = store.create_run(lab, CONFIG, "Queued", "one server").id
    running = store.create_run(lab, CONFIG, "Running", "another").id
    over = store.create_run(lab, CONFIG, "Stopped", "another").id
    store.mark(over, RunStatus.STOPPED, attempt=1)
    store.save_history(running, OTHER_CURVE, attempt=1)
    seen = {run.id: run for run in store.active.all()}
    assert set(seen) == {queued, running}
    assert (seen[queued].owner, seen[queued].status) == ("one server", RunStatus.QUEUED)
    assert (seen[running].status, seen[running].epochs_done) == (RunStatus.RUNNING, 1)
    assert seen[running].share_left == 1 - 1 / CONFIG.epochs


def test_one_that_only_a_newer_version_can_read_is_passed_over(
    store: RunStore, lab: str, tamper: Tamper
) -> None:
    run = store.create_run(lab, CONFIG, "From tomorrow", "server")
    tamper("UPDATE runs SET config = '{\"version\": 999}' WHERE id = :id", id=run.id)
    assert store.active.all() == []


class TestTheCurve:
    def test_of_a_first_training_is_the_runs(self, store: RunStore, lab: str) -> None:
        run_id = store.create_run(lab, CONFIG, "A run", "server").id
        assert store.active.history(run_id) == History()
        store.save_history(run_id, CURVE, attempt=1)
        assert store.active.history(run_id) == store.history(run_id) == CURVE

    def test_of_a_training_again_is_seen_beside_that_of_the_weights(
        self, store: RunStore, lab: str
    ) -> None:
        run_id = store.create_run(lab, CONFIG, "A run", "server").id
        store.save_result(run_id, RunResult(RunStatus.FINISHED, CURVE, b"weights"), attempt=1)
        attempt = store.restart(run_id, CONFIG, "server")
        store.save_history(run_id, OTHER_CURVE, attempt)
        assert store.active.history(run_id) == OTHER_CURVE
        assert store.history(run_id) == CURVE, "it belongs to the weights that are kept"
        store.mark(run_id, RunStatus.FAILED, "It broke.", attempt=attempt)
        assert store.active.history(run_id) == CURVE


class TestAStop:
    def test_is_asked_for_until_the_run_is_begun_anew(self, store: RunStore, lab: str) -> None:
        run_id = store.create_run(lab, CONFIG, "A run", "server").id
        store.active.request_stop(run_id)
        assert [run.stop_requested for run in store.active.all()] == [True]
        store.mark(run_id, RunStatus.STOPPED, attempt=1)
        store.restart(run_id, CONFIG, "server")
        assert [run.stop_requested for run in store.active.all()] == [False]

    def test_of_a_run_that_is_over_changes_nothing(self, store: RunStore, lab: str) -> None:
        run_id = store.create_run(lab, CONFIG, "A run", "server").id
        store.mark(run_id, RunStatus.STOPPED, attempt=1)
        before = store.run(run_id)
        store.active.request_stop(run_id)
        assert store.run(run_id) == before


def test_when_the_scheduler_gets_a_run_is_noted(store: RunStore, lab: str) -> None:
    run_id = store.create_run(lab, CONFIG, "A run", "server").id
    [before] = store.active.all()
    store.active.note_submission(run_id)
    [after] = store.active.all()
    assert before.submitted_at is None
    assert after.submitted_at is not None
    assert after == dataclasses.replace(before, submitted_at=after.submitted_at)
