"""A store in a real file or a real PostgreSQL, and processes that own its runs.

`make test` has the file only, `make test-services` PostgreSQL.
"""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

import mnistlab
from mnistlab.store import OpenedStore, RunStore, open_store
from mnistlab.store.opening import DATABASE_NAME
from tests.services.postgresql import PostgreSQL

PROJECT = Path(mnistlab.__file__).parents[1]
Open = Callable[..., OpenedStore]
Tamper = Callable[..., None]

NAME_YOURSELF_AND_WAIT = (
    "from mnistlab.store import this_owner; print(this_owner(), flush=True); input()"
)


@pytest.fixture
def opened() -> Iterator[Open]:
    """`open_store`, closing what it opened when the test ends."""
    with ExitStack() as stack:

        def call(home: Path, url: str | None = None) -> OpenedStore:
            result = open_store(home, url)
            stack.callback(result.store.close)
            return result

        yield call


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.services)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/{DATABASE_NAME}"
    server: PostgreSQL = request.getfixturevalue("postgresql")
    return server.create_database()


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file whose tables are made, and empty."""
    home = tmp_path_factory.mktemp("empty")
    open_store(home).store.close()
    return home / DATABASE_NAME


@pytest.fixture
def store(tmp_path: Path, opened: Open, url: str, empty_file: Path) -> RunStore:
    if url.startswith("sqlite"):
        shutil.copy(empty_file, tmp_path)  # to make the tables takes longer than most tests
    result = opened(tmp_path, url)
    assert result.notices == ()
    return result.store


@pytest.fixture
def tamper(url: str) -> Tamper:
    """Change the store's database by SQL, behind its back."""

    def tamper(statement: str, **values: object) -> None:
        engine = create_engine(url)
        with engine.begin() as connection:
            connection.execute(text(statement), values)
        engine.dispose()

    return tamper


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


def at_once(act: Callable[[], object], times: int) -> None:
    """Do the same in so many threads at once, and wait for all of them."""
    with ThreadPoolExecutor(times) as threads:
        for done in [threads.submit(act) for _ in range(times)]:
            done.result()
