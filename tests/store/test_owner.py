"""Which runs lost their server."""

import os
import re
import signal
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mnistlab.core.run import RunStatus
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.events import StepPoint
from mnistlab.core.training.history import History
from mnistlab.store import OpenedStore, RunStore, is_alive, open_store, this_owner

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=1)


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline().strip()


class TestThisHost:
    def test_this_process_is_alive(self) -> None:
        assert is_alive(this_owner(), LONG_AGO, NOW)

    def test_its_name_says_host_process_and_start(self) -> None:
        assert re.fullmatch(rf".+:{os.getpid()}:\d+\.\d\d", this_owner())

    def test_another_process_is_alive_until_it_ends(
        self, other_server: subprocess.Popen[str]
    ) -> None:
        owner = first_line(other_server)
        assert is_alive(owner, LONG_AGO, NOW)
        other_server.communicate("end\n")
        assert not is_alive(owner, NOW, NOW)

    def test_a_killed_process_that_nobody_waited_for_is_gone(
        self, other_server: subprocess.Popen[str]
    ) -> None:
        owner = first_line(other_server)
        other_server.send_signal(signal.SIGKILL)
        # Returns at the end of the process, which stays a zombie.
        os.waitid(os.P_PID, other_server.pid, os.WEXITED | os.WNOWAIT)
        assert not is_alive(owner, NOW, NOW)

    def test_a_process_with_the_same_number_is_another(self) -> None:
        host, pid, started = this_owner().rsplit(":", 2)
        assert not is_alive(f"{host}:{pid}:{float(started) - 60:.2f}", NOW, NOW)


class TestOtherHost:
    @pytest.mark.parametrize("owner", ["elsewhere:1:1.00", "not an owner", ""])
    def test_counts_as_alive_for_a_minute(self, owner: str) -> None:
        assert is_alive(owner, NOW - timedelta(seconds=59), NOW)
        assert not is_alive(owner, NOW - timedelta(seconds=60), NOW)


class TestOrphans:
    def test_a_run_of_a_killed_server_is_interrupted(
        self, store: RunStore, lab: str, other_server: subprocess.Popen[str]
    ) -> None:
        owner = first_line(other_server)
        running = store.create_run(lab, RunConfig(), "Running", owner).id
        queued = store.create_run(lab, RunConfig(), "Queued", owner).id
        finished = store.create_run(lab, RunConfig(), "Finished", owner).id
        store.mark(running, RunStatus.RUNNING)
        store.mark(finished, RunStatus.FINISHED)
        assert store.interrupt_orphans() == []

        other_server.send_signal(signal.SIGKILL)
        other_server.wait()
        assert set(store.interrupt_orphans()) == {running, queued}
        assert store.run(running).status == RunStatus.INTERRUPTED
        assert store.run(queued).status == RunStatus.INTERRUPTED
        assert store.run(finished).status == RunStatus.FINISHED
        assert store.run(running).message == "The server stopped while this run was going on."

    def test_its_curve_so_far_is_there_after_the_restart(
        self,
        tmp_path: Path,
        opened: Callable[..., OpenedStore],
        other_server: subprocess.Popen[str],
    ) -> None:
        before = open_store(tmp_path).store
        lab = before.create_lab()
        run_id = before.create_run(lab, RunConfig(), "Try", first_line(other_server)).id
        curve = History([StepPoint(1, 0.5, 2.3, 0.1, 0.01, 0.2)], [])
        before.save_history(run_id, curve)
        before.close()
        other_server.communicate("end\n")

        after = opened(tmp_path).store
        assert after.interrupt_orphans() == [run_id]
        assert after.history(run_id) == curve
        after.restart(run_id, RunConfig(), this_owner())
        assert after.interrupt_orphans() == []

    def test_a_run_elsewhere_goes_on_while_its_server_says_so(
        self, store: RunStore, lab: str, tamper: Callable[..., None]
    ) -> None:
        heard = store.create_run(lab, RunConfig(), "Heard of", "elsewhere:1:1.00").id
        silent = store.create_run(lab, RunConfig(), "Not heard of", "elsewhere:2:1.00").id
        tamper("UPDATE runs SET seen_at = '2026-01-01 12:00:00.000000'")
        store.keep_alive("elsewhere:1:1.00")
        assert store.interrupt_orphans() == [silent]
        assert store.run(heard).status == RunStatus.QUEUED
