"""A database file that somebody deletes while the server uses it."""

import contextlib
import shutil
import sqlite3
from pathlib import Path

import pytest

from mnistlab.core.errors import StoreError
from mnistlab.core.run import RunStatus
from mnistlab.core.settings.config import RunConfig
from mnistlab.store import RunStore, this_owner
from mnistlab.store.opening import DATABASE_NAME
from tests.store.conftest import Open, at_once

FILE = DATABASE_NAME
COMPANIONS = (f"{FILE}-wal", f"{FILE}-shm")


@pytest.fixture
def url(tmp_path: Path) -> str:
    """Of the only kind of database that is a file."""
    return f"sqlite:///{tmp_path}/{FILE}"


@pytest.fixture
def run_id(store: RunStore, lab: str) -> str:
    return store.create_run(lab, RunConfig(), "Before", this_owner()).id


@pytest.mark.parametrize("deleted", [(FILE,), (FILE, *COMPANIONS)], ids=["alone", "with its -wal"])
def test_is_put_back_with_all_that_was_in_it(
    store: RunStore, run_id: str, tmp_path: Path, opened: Open, deleted: tuple[str, ...]
) -> None:
    for name in deleted:
        (tmp_path / name).unlink()
    store.mark(run_id, RunStatus.STOPPED, attempt=1)
    after = store.create_run(store.run(run_id).lab, RunConfig(), "After", this_owner())
    other = opened(tmp_path).store
    assert [run.name for run in other.runs(after.lab)] == ["After", "Before"]
    assert other.run(run_id).status is RunStatus.STOPPED


def test_is_put_back_with_its_folder(store: RunStore, run_id: str, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path)
    assert store.run(run_id).name == "Before"
    assert (tmp_path / FILE).exists()


def test_is_put_back_once_for_all_who_want_it(
    store: RunStore, lab: str, run_id: str, tmp_path: Path
) -> None:
    (tmp_path / FILE).unlink()
    names: list[str] = []
    at_once(lambda: names.append(store.run(run_id).name), times=20)
    assert names == ["Before"] * 20


def test_that_cannot_be_put_back_yet_is_put_back_later(
    store: RunStore, run_id: str, tmp_path: Path
) -> None:
    shutil.rmtree(tmp_path)
    tmp_path.write_text("a file where the folder was")
    with pytest.raises(StoreError, match="can't be used"):
        store.run(run_id)
    tmp_path.unlink()
    assert store.run(run_id).name == "Before"


def test_another_that_takes_its_place_is_used(
    store: RunStore, lab: str, run_id: str, tmp_path: Path
) -> None:
    backup = tmp_path / "backup.db"
    with contextlib.closing(sqlite3.connect(tmp_path / FILE)) as connection:
        connection.execute("VACUUM INTO ?", (str(backup),))
    store.create_run(lab, RunConfig(), "After the backup", this_owner())
    for name in COMPANIONS:
        (tmp_path / name).unlink()
    backup.replace(tmp_path / FILE)
    assert [run.name for run in store.runs(lab)] == ["Before"]
