"""What only a database server can do: be there for several servers, and be away."""

import dataclasses
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from mnistlab.core.errors import StoreError
from mnistlab.core.run import RunStatus
from mnistlab.core.settings.config import RunConfig
from mnistlab.engine.api import Engine
from mnistlab.engine.connection import EmbeddedCluster
from mnistlab.store import RunStore, open_store, this_owner
from tests.engine.conftest import Lab
from tests.factories import SMALL, wait_until
from tests.services.conftest import PROJECT
from tests.services.postgresql import PostgreSQL

pytestmark = pytest.mark.services

SERVERS = 4
DATABASES = 5
OPEN_AT_A_SIGNAL = """
import sys
from pathlib import Path
from mnistlab.store import open_store
print("ready", flush=True)
for url in sys.stdin:
    opened = open_store(Path(sys.argv[1]), url.strip())
    print(*opened.notices, opened.store.create_lab(), flush=True)
    opened.store.close()
"""


@pytest.fixture
def store(tmp_path: Path, postgresql: PostgreSQL) -> Iterator[RunStore]:
    opened = open_store(tmp_path, postgresql.create_database())
    assert opened.notices == ()
    yield opened.store
    opened.store.close()


@contextmanager
def away(postgresql: PostgreSQL) -> Iterator[None]:
    postgresql.stop()
    try:
        yield
    finally:
        postgresql.start()


def test_servers_that_start_together_make_the_tables_once(
    tmp_path: Path, postgresql: PostgreSQL
) -> None:
    with ExitStack() as stack:
        servers = [stack.enter_context(opening_server(tmp_path)) for _ in range(SERVERS)]
        assert [read(server) for server in servers] == ["ready"] * SERVERS
        for _ in range(DATABASES):
            url = postgresql.create_database()
            for server in servers:
                tell(server, url)
            # A notice would stand before the lab: that the database was not used.
            labs = [read(server) for server in servers]
            store = open_store(tmp_path, url).store
            assert all(map(store.has_lab, labs))
            store.close()


def opening_server(home: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", OPEN_AT_A_SIGNAL, str(home)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=PROJECT, stdin=pipe, stdout=pipe, text=True)


def tell(server: subprocess.Popen[str], line: str) -> None:
    assert server.stdin
    print(line, file=server.stdin, flush=True)


def read(server: subprocess.Popen[str]) -> str:
    assert server.stdout
    return server.stdout.readline().strip()


class TestADatabaseThatIsStartedAgain:
    def test_is_used_as_if_nothing_had_been(self, store: RunStore, postgresql: PostgreSQL) -> None:
        lab = store.create_lab()
        with away(postgresql):
            pass
        assert store.has_lab(lab)


class TestADatabaseThatIsAway:
    @pytest.mark.parametrize(
        "use",
        [
            RunStore.create_lab,
            lambda store: store.runs("lab"),
            lambda store: store.history("run"),
            lambda store: store.mark("run", RunStatus.STOPPED, attempt=1),
            lambda store: store.leases.interrupt_orphans(),
        ],
        ids=["create_lab", "runs", "history", "mark", "interrupt_orphans"],
    )
    def test_is_explained_and_then_used_again(
        self, store: RunStore, postgresql: PostgreSQL, use: Callable[[RunStore], object]
    ) -> None:
        lab = store.create_lab()
        with away(postgresql):
            for _ in range(2):  # with a connection that broke, and without one
                with pytest.raises(StoreError, match="database can't be used") as caught:
                    use(store)
                assert "whether its disk is full or the database is down" in caught.value.remedy
                assert "password" not in str(caught.value)
        assert store.has_lab(lab)
        assert store.create_run(lab, RunConfig(), "First try", this_owner())
        use(store)


def test_a_run_that_ends_while_the_database_is_away_is_kept(
    tmp_path: Path, store: RunStore, postgresql: PostgreSQL, caplog: pytest.LogCaptureFixture
) -> None:
    engine = Engine(store, EmbeddedCluster(tmp_path))
    engine.start()
    try:
        lab = Lab(store.create_lab(), engine, store)
        run_id = lab.submit(dataclasses.replace(SMALL, epochs=200))  # not over before it is away
        with away(postgresql):
            wait_until(lambda: "can't be saved yet" in caplog.text, "The end of training")
        record = lab.wait_for_end(run_id)
        assert record.status is RunStatus.FINISHED
        assert store.weights(run_id) is not None
        assert lab.train(SMALL).status is RunStatus.FINISHED
    finally:
        engine.close()
