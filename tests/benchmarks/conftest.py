"""What tells whether a benchmark ended all that it started."""

import uuid
from collections.abc import Callable

import psutil
import pytest

_MARK = "MARK_OF_A_BENCHMARK_TEST"


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
