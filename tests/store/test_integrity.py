"""A damaged database is told from a sound one, kept, and replaced."""

import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from mnistlab.core.errors import StoreError
from mnistlab.core.run import RunResult, RunStatus
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.events import EpochPoint
from mnistlab.core.training.history import History
from mnistlab.store import OpenedStore, open_store, this_owner
from tests.factories import sure_of
from tests.store.conftest import Open

DATABASE = "mnistlab.db"
RUN_TO_FIND = "A run that is there again"


def fill(home: Path) -> str:
    """Make a store with a lab, a run and its results, and return the lab."""
    history = History([], [EpochPoint(n, n, 0.5, 0.9, 0.5, 0.9, 1.0) for n in range(400)])
    probabilities = sure_of([0] * 1_000)
    store = open_store(home).store
    lab = store.create_lab()
    run = store.create_run(lab, RunConfig(), RUN_TO_FIND, this_owner())
    whole = RunResult(
        RunStatus.FINISHED, history, b"w" * 50_000, b"c" * 50_000, probabilities, 1_000
    )
    store.save_result(run.id, whole, attempt=1)
    store.close()
    return lab


def is_usable(opened: OpenedStore) -> bool:
    return opened.store.has_lab(opened.store.create_lab())


def no_database(path: Path) -> None:
    path.write_text("Dear diary, this was never a database. " * 100)


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def only_a_header(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:60])


def overwritten(path: Path) -> None:
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 8_192] = b"\xff" * 8_192
    path.write_bytes(content)


def unreadable_text(path: Path) -> None:
    content = path.read_bytes()
    assert content.count(RUN_TO_FIND.encode()) == 1
    path.write_bytes(content.replace(RUN_TO_FIND.encode(), b"\xff" * len(RUN_TO_FIND)))


class TestDamage:
    @pytest.mark.parametrize(
        "damage", [no_database, truncated, only_a_header, overwritten, unreadable_text]
    )
    def test_is_put_aside_and_a_new_store_begun(
        self, tmp_path: Path, opened: Open, damage: Callable[[Path], None]
    ) -> None:
        lab = fill(tmp_path)
        damage(tmp_path / DATABASE)
        content = (tmp_path / DATABASE).read_bytes()
        result = opened(tmp_path)
        [kept] = tmp_path.glob("mnistlab.damaged-????????-??????.db")
        assert kept.read_bytes() == content
        assert len(result.notices) == 1
        assert str(kept) in result.notices[0]
        assert result.home == tmp_path
        assert is_usable(result)
        assert not result.store.has_lab(lab)

    def test_twice_within_a_second_keeps_both(self, tmp_path: Path, opened: Open) -> None:
        for diary in ("Dear diary", "Dear other diary"):
            (tmp_path / DATABASE).write_text(diary * 100)
            opened(tmp_path).store.close()
        kept = [path.read_text()[:10] for path in tmp_path.glob("mnistlab.damaged-*.db")]
        assert sorted(kept) == ["Dear diary", "Dear other"]

    def test_takes_unfinished_writes_along(self, tmp_path: Path, opened: Open) -> None:
        (tmp_path / DATABASE).write_text("Dear diary" * 100)
        (tmp_path / f"{DATABASE}-wal").write_text("and its supplement")
        result = opened(tmp_path)
        [kept] = tmp_path.glob("mnistlab.damaged-*.db")
        assert kept.with_name(f"{kept.name}-wal").read_text() == "and its supplement"
        assert is_usable(result)

    def test_is_not_a_server_that_was_killed(self, tmp_path: Path, opened: Open) -> None:
        first = opened(tmp_path).store
        lab = first.create_lab()
        # What a kill leaves: the lab is in the -wal file only.
        killed = shutil.copytree(tmp_path, tmp_path / "killed")
        result = opened(killed)
        assert result.notices == ()
        assert result.store.has_lab(lab)

    def test_is_not_an_empty_file(self, tmp_path: Path, opened: Open) -> None:
        (tmp_path / DATABASE).touch()
        result = opened(tmp_path)
        assert result.notices == ()
        assert is_usable(result)

    def test_is_not_a_lock(self, tmp_path: Path, opened: Open) -> None:
        lab = fill(tmp_path)
        with locked(tmp_path / DATABASE) as other:
            timer = threading.Timer(0.3, other.close)
            timer.start()
            result = opened(tmp_path)
            timer.join()
        assert result.notices == ()
        assert result.store.has_lab(lab)

    def test_is_not_a_lock_that_stays(
        self, tmp_path: Path, opened: Open, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("mnistlab.store.integrity.BUSY_SECONDS", 0.1)
        lab = fill(tmp_path)
        with locked(tmp_path / DATABASE), pytest.raises(StoreError, match="busy"):
            opened(tmp_path)
        assert opened(tmp_path).store.has_lab(lab)


@contextmanager
def locked(path: Path) -> Iterator[sqlite3.Connection]:
    """Shut everybody else out of a database, as a program that copies it may do."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    with closing(connection):
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        connection.execute("BEGIN EXCLUSIVE")
        yield connection
