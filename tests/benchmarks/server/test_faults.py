"""Kills while a class trains, a few of them."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.__main__ import main
from benchmarks.server import faults
from benchmarks.server.ledger import Ledger
from mnistlab.core.run import RunResult, RunStatus
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.history import History
from mnistlab.store import RunStore, open_store, this_owner


@pytest.mark.slow
def test_a_class_loses_nothing_when_processes_are_killed(
    tmp_path: Path, descendants: Callable[[], list[str]]
) -> None:
    file = tmp_path / "faults.json"
    assert main(["faults", "--kills", "4", "--labs", "2", "--json", str(file)]) == 0
    results = json.loads(file.read_text())
    kills = [results[f"{target}_kills"] for target in ("worker", "cluster", "server")]
    assert results["kills"] == sum(kills) == 4
    assert results["runs_started"] >= results["runs_finished"] >= 2
    assert (results["finished_lost"], results["stuck"], results["tracebacks"]) == (0, 0, 0)
    assert descendants() == []


class TestTheLedger:
    def test_misses_a_finished_run_that_is_gone(self, tmp_path: Path) -> None:
        store, lab, run_id = finished_run(tmp_path)
        ledger = Ledger(tmp_path, lambda: [lab])
        ledger.note_finished()
        assert (ledger.finished, ledger.lost()) == (1, [])
        store.delete(lab, run_id)
        assert ledger.lost() == [run_id]
        store.close()

    def test_notices_a_finished_run_that_has_changed(self, tmp_path: Path) -> None:
        store, lab, run_id = finished_run(tmp_path)
        ledger = Ledger(tmp_path, lambda: [lab])
        ledger.note_finished()
        store.save_result(
            run_id, RunResult(RunStatus.FINISHED, History(), b"other weights"), attempt=1
        )
        assert ledger.lost() == [run_id]
        store.close()


def finished_run(home: Path) -> tuple[RunStore, str, str]:
    store = open_store(home).store
    lab = store.create_lab()
    run = store.create_run(lab, RunConfig(), "a run", this_owner())
    store.save_result(run.id, RunResult(RunStatus.FINISHED, History(), os.urandom(9)), attempt=1)
    return store, lab, run.id


def test_kills_nothing_without_being_asked_rightly() -> None:
    with pytest.raises(SystemExit):
        faults.main(["--kills", "many"])
