"""Random kills while a class trains: what is lost, what is stuck, what pages show.

A real server with several labs, whose students train short runs one after another.
Meanwhile the worker that trains, the cluster process around it, or the server is killed
by SIGKILL, `--kills` times, in an order and at moments that `--seed` decides: most once
runs go on again after the last kill, one in five at any moment, which may be while the
processes are just starting. A killed server is started again on the same home and port.

`finished_lost` counts runs that were finished before a kill and are not there at the
end, or have other curves, weights or test figures. `stuck` counts runs that came to no
end within `--seconds` of Train, runs left active at the end, and students whose last
Train, after the last kill, did not finish. `tracebacks` counts answers of pages that
showed an exception. All three have to be 0. `logged_errors` counts the tracebacks in
the log of the server and its cluster, `kind_errors` the errors that pages showed in
kind words; some of both are to be expected of processes whose partners are killed.
"""

import argparse
import random
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from benchmarks.harness.dashboard import serve
from benchmarks.server.killer import Killer
from benchmarks.server.ledger import Ledger
from benchmarks.server.students import Notes, Student
from mnistlab.core.run import RunStatus
from mnistlab.core.settings.config import RunConfig

_SETTINGS = RunConfig(
    units=(64, 64), training_images=5_000, validation_images=1_000, epochs=6, batch_size=50
)


def main(arguments: Sequence[str]) -> Mapping[str, float | int | str | None]:
    """Kill and count; return the results by name."""
    options = _parse(arguments)
    start = time.monotonic()
    notes = Notes()
    with serve() as server:
        students = _students(server.address, options, notes)
        ledger = Ledger(server.home, lambda: [s.lab for s in students if s.lab is not None])
        killer = Killer(server, ledger, random.Random(options.seed))
        _teach(students, killer, options.kills)
        result = _report(ledger, killer, notes)
        log = server.log.read_text(errors="replace")
    _explain(notes, log)
    result["logged_errors"] = log.count("Traceback (most recent call last)")
    return {**result, "seed": options.seed, "total_seconds": time.monotonic() - start}


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks faults [--json FILE]")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0, help="decides whom to kill and when")
    parser.add_argument("--labs", type=int, default=4, help="with one student each")
    parser.add_argument("--seconds", type=float, default=600.0, help="that a run may take")
    return parser.parse_args(arguments)


def _students(address: str, options: argparse.Namespace, notes: Notes) -> list[Student]:
    settings = [{**_SETTINGS.to_query(), "seed": str(n)} for n in range(options.labs)]
    return [
        Student(address, one, options.seconds, notes, options.seed + n)
        for n, one in enumerate(settings)
    ]


def _teach(students: Sequence[Student], killer: Killer, kills: int) -> None:
    """Let all students work while there are kills, and see their last runs through."""
    over = threading.Event()
    with ThreadPoolExecutor(len(students)) as pool:
        lessons = [pool.submit(student.work, over) for student in students]
        try:
            for _ in range(kills):
                killer.kill()
        finally:
            over.set()
        for lesson in lessons:
            lesson.result()


def _report(ledger: Ledger, killer: Killer, notes: Notes) -> dict[str, float | int | str | None]:
    runs = ledger.runs()
    active = [f"run {run.id} is {run.status}" for run in runs if run.status.is_active]
    notes.stuck += active
    statuses = [run.status for run in runs]
    return {
        "kills": sum(killer.counts.values()),
        **{f"{target}_kills": count for target, count in killer.counts.items()},
        "runs_started": len(runs),
        **{f"runs_{status}": statuses.count(status) for status in RunStatus},
        "finished_before_a_kill": ledger.finished,
        "finished_lost": len(ledger.lost()),
        "stuck": len(notes.stuck),
        "tracebacks": len(notes.tracebacks),
        "kind_errors": notes.kind_errors.total(),
    }


def _explain(notes: Notes, log: str) -> None:
    """Say on standard error what counted, so that it can be looked into."""
    for text, count in notes.kind_errors.most_common():
        print(f"{count} times a page said: {text}", file=sys.stderr)
    for text in [*notes.stuck, *notes.tracebacks]:
        print(text[:2000], file=sys.stderr)
    if notes.stuck or notes.tracebacks:
        print(log, file=sys.stderr)
