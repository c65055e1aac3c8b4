"""One server for the tests that ask one, and what tells whether a benchmark ended its own."""

import uuid
from collections.abc import Callable, Iterator

import psutil
import pytest

from benchmarks.harness.dashboard import Server, serve

_MARK = "MARK_OF_A_BENCHMARK_TEST"


@pytest.fixture(autouse=True)
def _one_thread(one_thread: None) -> None:
    """Compute in one thread, since two wait for each other in small networks most of the time."""


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with serve() as server:
        yield server


@pytest.fixture
def descendants(monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """List the commands of the processes started by this test that still run.

    They are known by a mark in their environment, which a process keeps when its
    parent ends before it.
    """
    mark = uuid.uuid4().hex
    monkeypatch.setenv(_MARK, mark)

    def find() -> list[str]:
        processes = psutil.process_iter(["environ", "cmdline"])
        marked = [p.info for p in processes if (p.info["environ"] or {}).get(_MARK) == mark]
        return [" ".join(info["cmdline"]) for info in marked]

    return find
