"""The store opens, whatever is broken, and says what it did about it."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from mnistlab.core.settings.config import RunConfig
from mnistlab.store import OpenedStore, this_owner
from tests.store.conftest import Open

DATABASE = "mnistlab.db"


def is_usable(opened: OpenedStore) -> bool:
    return opened.store.has_lab(opened.store.create_lab())


class TestHome:
    def test_is_made_and_keeps_runs(self, tmp_path: Path, opened: Open) -> None:
        home = tmp_path / "deep" / "home ? #1"
        before = opened(home).store
        lab = before.create_lab()
        run = before.create_run(lab, RunConfig(), "First try", this_owner())
        before.close()
        again = opened(home)
        assert (again.notices, again.home) == ((), home)
        assert again.store.runs(lab) == [run]
        assert (home / DATABASE).is_file()

    def test_is_read_while_it_is_written(self, tmp_path: Path, opened: Open) -> None:
        opened(tmp_path)
        with closing(sqlite3.connect(tmp_path / DATABASE)) as connection:
            assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)

    @pytest.mark.parametrize("home", ["file", "file/below"])
    def test_that_can_not_be_made_is_replaced(
        self, tmp_path: Path, opened: Open, temporary: Path, home: str
    ) -> None:
        (tmp_path / "file").touch()
        result = opened(tmp_path / home)
        assert is_usable(result)
        assert result.home.parent == temporary
        assert len(result.notices) == 1
        assert str(tmp_path / home) in result.notices[0]
        assert "MNISTLAB_HOME" in result.notices[0]

    def test_whose_database_can_not_be_opened_is_replaced(
        self, tmp_path: Path, opened: Open, temporary: Path
    ) -> None:
        (tmp_path / DATABASE).mkdir()
        result = opened(tmp_path)
        assert is_usable(result)
        assert result.home.parent == temporary
        assert (tmp_path / DATABASE).is_dir()

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may write to any file")
    def test_whose_database_can_not_be_written_is_replaced(
        self, tmp_path: Path, opened: Open, temporary: Path
    ) -> None:
        opened(tmp_path).store.close()
        (tmp_path / DATABASE).chmod(0o444)
        result = opened(tmp_path)
        assert is_usable(result)
        assert result.home.parent == temporary


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder for temporary folders, this test's own."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    yield folder
    shutil.rmtree(folder)


class TestNewerVersion:
    def test_is_kept_aside_and_named(self, tmp_path: Path, opened: Open) -> None:
        opened(tmp_path).store.close()
        with closing(sqlite3.connect(tmp_path / DATABASE)) as connection, connection:
            connection.execute("UPDATE alembic_version SET version_num = '9999'")
        result = opened(tmp_path)
        [kept] = tmp_path.glob("mnistlab.newer-*.db")
        assert len(result.notices) == 1
        assert str(kept) in result.notices[0]
        assert "newer version" in result.notices[0]
        assert is_usable(result)


class TestUrl:
    def test_is_used_instead_of_the_home(self, tmp_path: Path, opened: Open) -> None:
        result = opened(tmp_path / "home", f"sqlite:///{tmp_path}/elsewhere.db")
        assert is_usable(result)
        assert result.notices == ()
        assert (tmp_path / "elsewhere.db").is_file()
        assert not (tmp_path / "home").exists()

    @pytest.mark.parametrize(
        "url",
        [
            "postgresql+psycopg://student:hunter2@127.0.0.1:1/mnistlab",
            "postgresql+psycopg://127.0.0.1:1/mnistlab?user=student&password=hunter2",
            "nosuch://student:hunter2@127.0.0.1/mnistlab",
            "nosuch+driver://student:hunter2@127.0.0.1/mnistlab",
            "postgresql+nosuch://student:hunter2@127.0.0.1/mnistlab",
            "mysql://student:hunter2@127.0.0.1/mnistlab",  # its driver is not installed
            "postgresql+psycopg://student:hunter2@127.0.0.1:port/mnistlab",
            "postgresql+psycopg://student:hunter2@127.0.0.1:99999999/mnistlab",
            "postgresql+psycopg://student:hunter2@127.0.0.1:1/mnistlab?nosuch=option",
            "postgresql+psycopg:///mnistlab port=1 host=127.0.0.1 password=hunter2",
            "sqlite:////proc/nowhere/some.db",
            "sqlite:////tmp",
            "sqlite:///\0",
            "sqlite:///mnistlab.db?timeout=hunter2",
            "sqlite://",
            "sqlite:///",
            "sqlite:///:memory:",
            "sqlite:///file::memory:?uri=true",
            "sqlite://student:hunter2@127.0.0.1/mnistlab.db",
            "hunter2, which is no URL",
            " ",
            "",
        ],
    )
    def test_that_can_not_be_used_is_replaced_by_the_home(
        self, tmp_path: Path, opened: Open, url: str
    ) -> None:
        result = opened(tmp_path, url)
        assert is_usable(result)
        assert (tmp_path / DATABASE).is_file()
        assert len(result.notices) == 1
        assert str(tmp_path) in result.notices[0]
        assert "hunter2" not in result.notices[0]

    def test_may_name_a_sqlite_file_in_sqlites_own_way(self, tmp_path: Path, opened: Open) -> None:
        result = opened(tmp_path / "home", f"sqlite:///file:{tmp_path}/elsewhere.db?uri=true")
        assert is_usable(result)
        assert result.notices == ()
        assert (tmp_path / "elsewhere.db").is_file()

    def test_never_shows_its_password(self, tmp_path: Path, opened: Open) -> None:
        for url in (
            "postgresql+psycopg://student:hunter2@127.0.0.1:1/mnistlab",
            "postgresql+psycopg://127.0.0.1:1/mnistlab?user=student&password=hunter2",
            "nosuch://student:hunter2@127.0.0.1/mnistlab",
            "student:hunter2@no url",
        ):
            assert "hunter2" not in " ".join(opened(tmp_path, url).notices)

    def test_of_a_newer_version_is_left_as_it_is(self, tmp_path: Path, opened: Open) -> None:
        url = f"sqlite:///{tmp_path}/shared.db"
        opened(tmp_path, url).store.close()
        engine = create_engine(url)
        with engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        engine.dispose()
        result = opened(tmp_path / "home", url)
        assert "newer version" in result.notices[0]
        assert result.home == tmp_path / "home"
        assert (tmp_path / "shared.db").is_file()
