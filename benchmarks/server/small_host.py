"""Whether Quick start trains and Draw answers with as little memory as small hosts give.

A real server in a control group of its own (Linux's first version, as root), which takes the
kernel's word for the machine's memory, and a real browser outside of it.

`peak_mb` is the most that the group used, files in the system's cache included, which give way
when memory is short; `parts_mb` is each process's proportional set size in the middle of the
training, in which what is shared counts once. `killed` counts processes that the kernel killed for
want of memory.
"""

import argparse
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlencode

import psutil
from playwright.sync_api import Page

from benchmarks.harness.arguments import positive
from benchmarks.harness.dashboard import Server, browse, run_in_view, serve
from benchmarks.harness.drawing import draw_one
from benchmarks.harness.footprint import pss_mb
from mnistlab.core.settings.presets import PRESETS
from mnistlab.store import open_store

_GROUPS = Path("/sys/fs/cgroup/memory")
_SECONDS = 300
_MEGABYTE = 2**20
_ENTER = f'echo $$ > "$0/cgroup.procs" && mount --bind "$0" "{_GROUPS}" && exec "$@"'
"""A container sees its own group where the whole machine's is."""

_FAILED = "[data-status=failed]"

Results = Mapping[str, float | str | Mapping[str, float]]


def main(arguments: Sequence[str]) -> Results:
    """Train and draw within a limit, and return the results by name."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks small_host [--json FILE]")
    parser.add_argument("--mb", type=positive, default=1024, help="of memory in all")
    options = parser.parse_args(arguments)
    with (
        _limited(options.mb) as group,
        serve(("unshare", "--mount", "sh", "-c", _ENTER, str(group))) as server,
        browse() as page,
    ):
        page.set_default_timeout(_SECONDS * 1000)
        trained = _train(server, page)
        answered = draw_one(page)
        return {"limit_mb": options.mb, **trained, "answer_s": answered, **_count(group)}


@contextmanager
def _limited(megabytes: int) -> Iterator[Path]:
    """Make a control group with so much memory."""
    group = _GROUPS / f"mnistlab-{time.monotonic_ns()}"
    group.mkdir()
    (group / "memory.limit_in_bytes").write_text(str(megabytes * _MEGABYTE))
    try:
        yield group
    finally:
        while (group / "cgroup.procs").read_text():
            time.sleep(0.1)
        group.rmdir()


def _train(server: Server, page: Page) -> Results:
    config = PRESETS["quick_start"].config
    page.goto(f"{server.address}/?{urlencode(config.to_query())}")
    began = time.monotonic()
    page.click(".st-key-train button:enabled")
    page.wait_for_selector(f".lab-status:has-text('epoch 2'), {_FAILED}")
    parts = _weigh(server)
    page.wait_for_selector(f".st-key-share_panel, {_FAILED}")
    run_id = run_in_view(page)
    with closing(open_store(server.home).store) as store:
        record = store.run(run_id)
    tested = (record.test_correct or 0) / (record.test_total or 1)
    seconds = time.monotonic() - began
    return {"train_s": seconds, "status": record.status, "test": tested, "parts_mb": parts}


def _weigh(server: Server) -> Mapping[str, float]:
    """Return the memory of the server and of each process below it, by kind and number."""
    below = server.process.children(recursive=True)
    processes = sorted(below, key=lambda process: process.create_time())
    names = {process.pid: f"{number} {_kind(process)}" for number, process in enumerate(processes)}
    return {
        "server": pss_mb(server.process.pid),
        **{name: pss_mb(pid) for pid, name in names.items()},
    }


def _kind(process: psutil.Process) -> str:
    command = " ".join(process.cmdline())
    kinds = {"mnistlab.cluster": "cluster", "forkserver": "forked", "resource_tracker": "tracker"}
    return next((kind for part, kind in kinds.items() if part in command), "other")


def _count(group: Path) -> Results:
    peak = int((group / "memory.max_usage_in_bytes").read_text()) / _MEGABYTE
    lines = (group / "memory.oom_control").read_text().split()
    killed = dict(zip(lines[::2], lines[1::2], strict=True)).get("oom_kill", "0")
    return {"peak_mb": peak, "killed": int(killed)}
