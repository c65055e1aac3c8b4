"""One store, many threads; one database, two servers."""

import contextlib
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import mnistlab
from mnistlab.core.errors import StoreError
from mnistlab.core.run import RunResult, RunStatus
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.history import History
from mnistlab.store import RunStore, this_owner
from tests.factories import CURVE, sure_of

PERFECT = sure_of([0] * 100)
RESULT = RunResult(RunStatus.FINISHED, CURVE, b"w" * 100_000, b"c" * 100_000, PERFECT, 100)
PROJECT = Path(mnistlab.__file__).parents[1]
CREATE_RUNS = """
import sys
from pathlib import Path
from mnistlab.core.settings.config import RunConfig
from mnistlab.store import open_store, this_owner
store = open_store(Path(sys.argv[1]), sys.argv[2]).store
print("open", flush=True)
for number in range(50):
    store.create_run(sys.argv[3], RunConfig(), f"there {number}", this_owner())
store.close()
"""


def test_threads_write_at_once(store: RunStore, lab: str) -> None:
    def live(number: int) -> None:
        run_id = store.create_run(lab, RunConfig(), f"run {number}", this_owner()).id
        store.mark(run_id, RunStatus.RUNNING, attempt=1)
        store.save_history(run_id, CURVE, attempt=1)
        store.save_result(run_id, RESULT, attempt=1)
        store.rename(lab, run_id, f"renamed {number}")
        store.save_drawing(lab, f"[{number}]")
        store.leases.heartbeat(this_owner())

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(live, range(48)))
    records = store.runs(lab)
    assert {record.name for record in records} == {f"renamed {n}" for n in range(48)}
    assert all(record.test_correct == 100 for record in records)
    assert all(store.weights(record.id) == RESULT.weights for record in records)


def test_threads_that_note_the_same_runs_do_not_lock_each_other_out(
    store: RunStore, lab: str
) -> None:
    ids = [store.create_run(lab, RunConfig(), "Try", this_owner()).id for _ in range(40)]

    def live(number: int) -> None:
        store.mark(ids[-number - 1], RunStatus.RUNNING, attempt=1)
        store.leases.heartbeat(this_owner())

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(live, list(range(40)) * 5))
    assert {record.status for record in store.runs(lab)} == {RunStatus.RUNNING}


def test_two_servers_share_a_database(tmp_path: Path, url: str, store: RunStore, lab: str) -> None:
    command = [sys.executable, "-c", CREATE_RUNS, str(tmp_path), url, lab]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE) as other:
        assert other.stdout
        other.stdout.readline()
        for number in range(50):
            store.create_run(lab, RunConfig(), f"here {number}", this_owner())
    assert other.returncode == 0
    assert len(store.runs(lab)) == 100


def test_a_run_deleted_while_it_is_saved_stays_deleted(store: RunStore, lab: str) -> None:
    ids = [store.create_run(lab, RunConfig(), "Try", this_owner()).id for _ in range(20)]
    for run_id in ids:
        store.mark(run_id, RunStatus.INTERRUPTED, attempt=1)

    def save(run_id: str) -> None:
        store.save_history(run_id, CURVE, attempt=1)
        store.save_result(run_id, RESULT, attempt=1)

    def delete(run_id: str) -> None:
        while True:
            with contextlib.suppress(StoreError):  # between the curve and the result it goes on
                store.delete(lab, run_id)
                return

    with ThreadPoolExecutor(4) as pool:
        saves = [pool.submit(save, run_id) for run_id in ids]
        deletes = [pool.submit(delete, run_id) for run_id in ids]
        for future in saves + deletes:
            future.result()
    assert store.runs(lab) == []
    assert all(store.history(run_id) == History() for run_id in ids)
    assert all(store.weights(run_id) is None for run_id in ids)
