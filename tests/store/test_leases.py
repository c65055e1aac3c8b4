"""Whose a run is: its server's, until that has been silent for the length of a lease."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from mnistlab.core.run import RunResult, RunStatus
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.history import History
from mnistlab.store import RunStore, open_store, this_owner
from mnistlab.store.leases import LEASE, MOST_TAKEOVERS
from mnistlab.store.owner import has_ended, scheduler_of
from tests.factories import CURVE
from tests.store.conftest import Open, Tamper, at_once

RunOut = Callable[[], None]

CONFIG = RunConfig()
RESULT = RunResult(RunStatus.FINISHED, CURVE, b"weights")


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline().strip()


def in_another_container(owner: str, pid: str = "999999999") -> str:
    """Return the name of a process with another number in another PID namespace."""
    name, boot, namespace, _, started = owner.split()
    return f"{name} {boot} {namespace}9 {pid} {started}"


@pytest.fixture
def run_out(url: str, tamper: Tamper) -> RunOut:
    """Let all leases have run out."""
    return lambda: tamper("UPDATE runs SET lease_until = '2026-01-01 12:00:00'")


class TestAProcess:
    def test_has_not_ended_while_it_runs(self, other_server: subprocess.Popen[str]) -> None:
        owner = first_line(other_server)
        assert not has_ended(owner)
        assert not has_ended(this_owner())
        other_server.communicate("end\n")
        assert has_ended(owner)

    def test_that_was_killed_and_that_nobody_waited_for_has_ended(
        self, other_server: subprocess.Popen[str]
    ) -> None:
        owner = first_line(other_server)
        other_server.send_signal(signal.SIGKILL)
        # Returns at the end of the process, which stays a zombie.
        os.waitid(os.P_PID, other_server.pid, os.WEXITED | os.WNOWAIT)
        assert has_ended(owner)

    def test_with_the_same_number_is_another(self) -> None:
        *rest, started = this_owner().split()
        assert has_ended(" ".join([*rest, str(int(started) - 1)]))

    @pytest.mark.parametrize("owner", ["", "laptop:1:1.00", "0" * 32, "not an owner"])
    def test_of_which_nothing_is_known_may_still_run(self, owner: str) -> None:
        assert not has_ended(owner)

    def test_of_another_container_may_still_run(self) -> None:
        assert not has_ended(in_another_container(this_owner()))

    def test_has_a_name_of_its_own(self, other_server: subprocess.Popen[str]) -> None:
        assert first_line(other_server).split()[0] != this_owner().split()[0]


class TestAScheduler:
    def test_is_in_the_names_of_the_servers_that_share_it(self) -> None:
        owner = this_owner("tcp://10.0.0.5:8786")
        assert owner != this_owner()
        assert scheduler_of(owner) == "tcp://10.0.0.5:8786"
        assert not has_ended(owner)

    @pytest.mark.parametrize("owner", [this_owner(), "", "elsewhere", "via tcp://10.0.0.5:8786"])
    def test_is_in_no_other(self, owner: str) -> None:
        assert scheduler_of(owner) is None


class TestALivingServer:
    """Seen by another server on the same database."""

    OWNERS = ("elsewhere", in_another_container(this_owner()))

    @pytest.mark.parametrize("owner", OWNERS, ids=["other machine", "other container"])
    def test_keeps_its_runs(self, store: RunStore, lab: str, owner: str) -> None:
        running = store.create_run(lab, CONFIG, "Running", owner).id
        queued = store.create_run(lab, CONFIG, "Queued", owner).id
        store.mark(running, RunStatus.RUNNING, attempt=1)
        assert store.leases.heartbeat(this_owner()) == []
        assert store.run(running).status is RunStatus.RUNNING
        assert store.run(queued).status is RunStatus.QUEUED

    def test_renews_the_leases_of_its_own_runs_alone(
        self, store: RunStore, lab: str, run_out: RunOut
    ) -> None:
        heard = store.create_run(lab, CONFIG, "Heard of", "elsewhere").id
        silent = store.create_run(lab, CONFIG, "Not heard of", "somewhere").id
        run_out()
        assert store.leases.heartbeat("elsewhere") == [silent]
        assert store.run(heard).status is RunStatus.QUEUED

    def test_has_a_lease_when_a_run_is_begun_anew(
        self, store: RunStore, lab: str, run_out: RunOut
    ) -> None:
        run_id = store.create_run(lab, CONFIG, "A run", "elsewhere").id
        run_out()
        assert store.leases.heartbeat(this_owner()) == [run_id]
        store.restart(run_id, CONFIG, "elsewhere")
        assert store.leases.heartbeat(this_owner()) == []

    def test_that_was_held_up_takes_its_run_back(
        self, store: RunStore, lab: str, run_out: RunOut
    ) -> None:
        run_id = store.create_run(lab, CONFIG, "A run", "elsewhere").id
        run_out()
        store.leases.heartbeat(this_owner())
        store.mark(run_id, RunStatus.RUNNING, attempt=1)
        assert store.leases.heartbeat(this_owner()) == []
        store.save_result(run_id, RESULT, attempt=1)
        assert store.run(run_id).status is RunStatus.FINISHED

    def test_is_given_time_after_the_database_was_away_for_all(
        self, store: RunStore, lab: str, run_out: RunOut, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run_id = store.create_run(lab, CONFIG, "A run", "elsewhere").id
        store.leases.heartbeat(this_owner())
        run_out()
        later = time.monotonic() + LEASE.total_seconds() + 1
        monkeypatch.setattr("time.monotonic", lambda: later)
        assert store.leases.heartbeat(this_owner()) == []
        assert store.leases.heartbeat(this_owner()) == [run_id]


class TestADeadServer:
    def test_loses_its_runs_when_their_lease_has_run_out(
        self, store: RunStore, lab: str, run_out: RunOut
    ) -> None:
        store.leases.heartbeat(this_owner())  # this one was there before
        running = store.create_run(lab, CONFIG, "Running", "elsewhere").id
        queued = store.create_run(lab, CONFIG, "Queued", "elsewhere").id
        finished = store.create_run(lab, CONFIG, "Finished", "elsewhere").id
        store.mark(running, RunStatus.RUNNING, attempt=1)
        store.mark(finished, RunStatus.FINISHED, attempt=1)
        run_out()
        assert set(store.leases.heartbeat(this_owner())) == {running, queued}
        assert store.run(running).status is RunStatus.INTERRUPTED
        assert store.run(running).message == "The server stopped during this run."
        assert store.run(finished).status is RunStatus.FINISHED

    def test_loses_them_at_once_where_its_end_can_be_seen(
        self, store: RunStore, lab: str, other_server: subprocess.Popen[str]
    ) -> None:
        run_id = store.create_run(lab, CONFIG, "A run", first_line(other_server)).id
        assert store.leases.heartbeat(this_owner()) == []
        other_server.send_signal(signal.SIGKILL)
        other_server.wait()
        assert store.leases.heartbeat(this_owner()) == [run_id]

    def test_that_was_stopped_lets_go_of_them_at_once(self, store: RunStore, lab: str) -> None:
        run_id = store.create_run(lab, CONFIG, "A run", "elsewhere").id
        store.leases.release("elsewhere")
        assert store.leases.heartbeat(this_owner()) == [run_id]

    def test_leaves_the_curve_so_far(
        self, tmp_path: Path, opened: Open, other_server: subprocess.Popen[str]
    ) -> None:
        before = open_store(tmp_path).store
        lab = before.create_lab()
        run_id = before.create_run(lab, CONFIG, "Try", first_line(other_server)).id
        before.save_history(run_id, CURVE, attempt=1)
        before.close()
        other_server.communicate("end\n")

        after = opened(tmp_path).store
        assert after.leases.heartbeat(this_owner()) == [run_id]
        assert after.history(run_id) == CURVE


SCHEDULER = "tcp://10.0.0.5:8786"
DEAD = f"{'d' * 32} via {SCHEDULER}"
SURVIVOR = f"{'a' * 32} via {SCHEDULER}"
OTHER_SURVIVOR = f"{'b' * 32} via {SCHEDULER}"
WITHOUT_IT = (this_owner(), f"{'c' * 32} via tcp://10.0.0.9:8786")


class TestADeadServersRun:
    """Trained by a scheduler that other servers use too."""

    @pytest.fixture
    def run_id(self, store: RunStore, lab: str, run_out: RunOut) -> str:
        run_id = store.create_run(lab, CONFIG, "A run", DEAD).id
        store.save_history(run_id, CURVE, attempt=1)
        run_out()
        return run_id

    @pytest.fixture
    def just_run_out(self, store: RunStore, run_id: str) -> None:
        store.leases.release(DEAD)

    @pytest.mark.usefixtures("just_run_out")
    def test_is_taken_over_in_another_attempt(self, store: RunStore, run_id: str) -> None:
        assert store.leases.heartbeat(SURVIVOR) == []
        [taken] = store.leases.take_over(SURVIVOR)
        assert (taken.run.id, taken.attempt, taken.continues) == (run_id, 2, False)
        [active] = store.active.all()
        assert (active.owner, active.status) == (SURVIVOR, RunStatus.QUEUED)
        store.save_result(run_id, RESULT, attempt=1)
        assert store.run(run_id).status is RunStatus.QUEUED, "the dead server's result is late"
        store.save_result(run_id, RESULT, attempt=2)
        assert store.run(run_id).status is RunStatus.FINISHED

    @pytest.mark.usefixtures("just_run_out")
    def test_is_taken_over_by_one_of_many(self, store: RunStore, run_id: str) -> None:
        taken = []
        survivors = iter((SURVIVOR, OTHER_SURVIVOR) * 4)
        at_once(lambda: taken.extend(store.leases.take_over(next(survivors))), times=8)
        assert [each.run.id for each in taken] == [run_id]

    @pytest.mark.usefixtures("just_run_out")
    def test_keeps_its_place_in_line(self, store: RunStore, lab: str, run_id: str) -> None:
        [before] = store.active.all()
        store.create_run(lab, CONFIG, "A later run", SURVIVOR)
        store.leases.take_over(SURVIVOR)
        after = min(store.active.all(), key=lambda run: run.queued_at)
        assert (after.id, after.queued_at) == (run_id, before.queued_at)

    @pytest.mark.usefixtures("just_run_out")
    @pytest.mark.parametrize("continues", [True, False])
    def test_goes_on_from_its_checkpoint_if_it_did(
        self, store: RunStore, run_id: str, continues: bool
    ) -> None:
        store.save_result(run_id, RESULT, attempt=1)
        store.restart(run_id, CONFIG, DEAD, continues=continues)
        store.leases.release(DEAD)
        [taken] = store.leases.take_over(SURVIVOR)
        assert (taken.attempt, taken.continues) == (3, continues)

    @pytest.mark.usefixtures("just_run_out")
    @pytest.mark.parametrize("owner", WITHOUT_IT, ids=["none", "another"])
    def test_is_left_to_those_with_its_scheduler(
        self, store: RunStore, run_id: str, owner: str
    ) -> None:
        assert store.leases.heartbeat(owner) == []
        assert store.leases.take_over(owner) == []
        assert store.run(run_id).status is RunStatus.RUNNING

    @pytest.mark.parametrize("owner", [SURVIVOR, *WITHOUT_IT])
    def test_is_interrupted_if_none_of_them_came(
        self, store: RunStore, run_id: str, owner: str
    ) -> None:
        """Its lease ran out long ago."""
        assert store.leases.heartbeat(owner) == [run_id]
        assert store.history(run_id) == CURVE

    @pytest.mark.usefixtures("just_run_out")
    def test_is_interrupted_if_it_was_to_stop(self, store: RunStore, run_id: str) -> None:
        store.active.request_stop(run_id)
        assert store.leases.heartbeat(SURVIVOR) == [run_id]

    def test_is_given_up_when_it_has_lost_too_many_servers(
        self, store: RunStore, run_id: str
    ) -> None:
        for _ in range(MOST_TAKEOVERS):
            store.leases.release(DEAD)
            store.leases.release(SURVIVOR)
            assert store.leases.heartbeat(OTHER_SURVIVOR) == []
            assert len(store.leases.take_over(SURVIVOR)) == 1
        store.leases.release(SURVIVOR)
        assert store.leases.heartbeat(OTHER_SURVIVOR) == [run_id]


class TestAnEarlierAttempt:
    WRITES = (
        lambda store, run_id: store.mark(run_id, RunStatus.RUNNING, attempt=1),
        lambda store, run_id: store.mark(run_id, RunStatus.FAILED, "It broke.", attempt=1),
        lambda store, run_id: store.save_history(run_id, CURVE, attempt=1),
        lambda store, run_id: store.save_result(run_id, RESULT, attempt=1),
    )

    @pytest.mark.parametrize("write", WRITES, ids=["running", "failed", "curve", "result"])
    @pytest.mark.parametrize("status", [RunStatus.QUEUED, RunStatus.FINISHED])
    def test_changes_nothing_any_more(
        self,
        store: RunStore,
        lab: str,
        run_out: RunOut,
        write: Callable[[RunStore, str], None],
        status: RunStatus,
    ) -> None:
        run_id = store.create_run(lab, CONFIG, "A run", "elsewhere").id
        run_out()
        store.leases.heartbeat(this_owner())
        second = store.restart(run_id, CONFIG, this_owner())
        store.mark(run_id, status, attempt=second)
        before = store.run(run_id)
        write(store, run_id)
        assert store.run(run_id) == before
        assert store.history(run_id) == History()
        assert store.weights(run_id) is None

    def test_is_followed_by_others_that_count_on(self, store: RunStore, lab: str) -> None:
        run_id = store.create_run(lab, CONFIG, "A run", this_owner()).id
        for expected in (2, 3):
            store.mark(run_id, RunStatus.STOPPED, attempt=expected - 1)
            assert store.restart(run_id, CONFIG, this_owner()) == expected
        store.save_result(run_id, RESULT, 3)
        assert store.run(run_id).status is RunStatus.FINISHED
