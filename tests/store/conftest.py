"""A store in a real file, and processes that own its runs."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

import mnistlab
from mnistlab.store import OpenedStore, RunStore, open_store

PROJECT = Path(mnistlab.__file__).parents[1]
NAME_YOURSELF_AND_WAIT = (
    "from mnistlab.store import this_owner; print(this_owner(), flush=True); input()"
)


@pytest.fixture
def opened() -> Iterator[Callable[..., OpenedStore]]:
    """`open_store`, closing what it opened when the test ends."""
    with ExitStack() as stack:

        def call(home: Path, url: str | None = None) -> OpenedStore:
            result = open_store(home, url)
            stack.callback(result.store.close)
            return result

        yield call


@pytest.fixture
def store(tmp_path: Path, opened: Callable[..., OpenedStore]) -> RunStore:
    return opened(tmp_path).store


@pytest.fixture
def lab(store: RunStore) -> str:
    return store.create_lab()


@pytest.fixture
def other_server() -> Iterator[subprocess.Popen[str]]:
    """A process that prints its owner name and lives until its input ends."""
    command = [sys.executable, "-c", NAME_YOURSELF_AND_WAIT]
    with subprocess.Popen(
        command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process
        process.kill()
