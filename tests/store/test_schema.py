"""Stores of earlier versions are brought up to date, with all that is in them."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy

from mnistlab.core.drawing.handwriting import LabelledDrawing
from mnistlab.core.drawing.strokes import Stroke
from mnistlab.core.run import RunStatus
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.limits import Limits
from mnistlab.store import OpenedStore, RunStore, this_owner
from mnistlab.store.schema import SCHEMA_VERSION

Open = Callable[..., OpenedStore]
LAB = "1hMAa_Warl3WMrlHff6KpA"
LAB_WITHOUT_RUNS = "GT8njkEbRbOv6_qAXQBT7A"
DATABASE = "mnistlab.db"
ONE = LabelledDrawing(1, (Stroke(np.array([(140, 40), (140, 240)], dtype=np.float32), 20.0),))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with a database that version 1 left: two labs, two runs, a drawing."""
    shutil.copy(Path(__file__).parent / "version_1.db", tmp_path / DATABASE)
    return tmp_path


@pytest.fixture
def migrated(home: Path, opened: Open) -> RunStore:
    with closing(sqlite3.connect(home / DATABASE)) as connection:
        assert connection.execute("SELECT version FROM schema_version").fetchall() == [(1,)]
    result = opened(home)
    assert result.notices == ()
    return result.store


class TestVersionOne:
    def test_keeps_its_runs(self, migrated: RunStore) -> None:
        newest, oldest = migrated.runs(LAB)
        assert (oldest.name, newest.name) == ("First try", "Größer 🧠")
        assert oldest.config == RunConfig(hidden_layers=0, epochs=1)
        assert oldest.status is RunStatus.FINISHED
        assert (oldest.test_correct, oldest.best_epoch) == (20, 1)

    def test_keeps_curves_weights_and_drawings(self, migrated: RunStore) -> None:
        run_id = migrated.runs(LAB)[0].id
        weights = safetensors.numpy.load(migrated.weights(run_id) or b"")
        np.testing.assert_array_equal(weights["layers.0.weight"], np.ones((10, 8)))
        assert [point.validation_loss for point in migrated.history(run_id).epochs] == [2.3, 0.25]
        assert migrated.drawing(LAB) == '{"objects": []}'

    def test_goes_on_as_a_new_one_would(self, migrated: RunStore) -> None:
        run = migrated.create_run(LAB_WITHOUT_RUNS, RunConfig(), "Another", this_owner())
        assert migrated.runs(LAB_WITHOUT_RUNS) == [run]

    def test_has_the_tables_of_a_new_one(
        self, migrated: RunStore, home: Path, opened: Open
    ) -> None:
        opened(home / "new")
        assert columns(home / DATABASE) == columns(home / "new" / DATABASE)

    def test_is_migrated_once(self, migrated: RunStore, home: Path, opened: Open) -> None:
        migrated.close()
        again = opened(home)
        assert again.notices == ()
        assert len(again.store.runs(LAB)) == 2
        with closing(sqlite3.connect(home / DATABASE)) as connection:
            found = connection.execute("SELECT version FROM schema_version").fetchall()
        assert found == [(SCHEMA_VERSION,)]

    def test_was_used_when_it_was_last_trained(self, migrated: RunStore, home: Path) -> None:
        with closing(sqlite3.connect(home / DATABASE)) as connection:
            runs = connection.execute("SELECT used_at, seen_at FROM runs").fetchall()
            latest = connection.execute("SELECT max(seen_at) FROM runs").fetchone()
            labs = dict(connection.execute("SELECT key, used_at FROM labs").fetchall())
            made = dict(connection.execute("SELECT key, created_at FROM labs").fetchall())
        assert all(used_at == seen_at for used_at, seen_at in runs)
        assert (labs[LAB],) == latest
        assert labs[LAB_WITHOUT_RUNS] == made[LAB_WITHOUT_RUNS]

    def test_gives_its_oldest_runs_first(self, migrated: RunStore, home: Path) -> None:
        oldest = migrated.runs(LAB)[1].id
        # This test may run within minutes of the file's making, or on a clock behind it.
        with closing(sqlite3.connect(home / DATABASE)) as connection, connection:
            connection.execute("UPDATE runs SET used_at = '2026-01-01 12:00:00.000000'")
        assert migrated.upkeep.make_room(LAB, Limits(runs_per_lab=1)) == [oldest]


class TestVersionTwo:
    """It left one lab with a run and a drawing."""

    LAB = "7-7_tnSGa5nM6DfWZAtRWA"

    @pytest.fixture
    def migrated(self, tmp_path: Path, opened: Open) -> RunStore:
        shutil.copy(Path(__file__).parent / "version_2.db", tmp_path / DATABASE)
        with closing(sqlite3.connect(tmp_path / DATABASE)) as connection:
            assert connection.execute("SELECT version FROM schema_version").fetchall() == [(2,)]
        result = opened(tmp_path)
        assert result.notices == ()
        return result.store

    def test_keeps_its_run_and_drawing(self, migrated: RunStore) -> None:
        [run] = migrated.runs(self.LAB)
        assert (run.name, run.status, run.test_correct) == ("Second try", RunStatus.FINISHED, 20)
        assert run.validation_accuracy == 0.975
        assert migrated.weights(run.id)
        assert migrated.drawing(self.LAB) == '{"objects": [1]}'

    def test_has_room_for_handwriting(self, migrated: RunStore) -> None:
        assert migrated.handwriting.entries(self.LAB) == []
        [kept] = migrated.handwriting.add(self.LAB, [ONE])
        assert [entry.id for entry in migrated.handwriting.entries(self.LAB)] == [kept]

    def test_has_the_tables_of_a_new_one(
        self, migrated: RunStore, tmp_path: Path, opened: Open
    ) -> None:
        opened(tmp_path / "new")
        assert columns(tmp_path / DATABASE) == columns(tmp_path / "new" / DATABASE)


def test_version_one_in_any_database_is_migrated(
    tmp_path: Path, opened: Open, url: str, tamper: Callable[..., None]
) -> None:
    store = opened(tmp_path, url).store
    lab = store.create_lab()
    run = store.create_run(lab, RunConfig(), "First try", this_owner())
    store.close()
    for table in ("labs", "runs"):
        tamper(f"ALTER TABLE {table} DROP COLUMN used_at")
    tamper("DROP TABLE handwriting")
    tamper("UPDATE schema_version SET version = 1")
    again = opened(tmp_path, url)
    assert again.notices == ()
    assert again.store.runs(lab) == [run]
    assert len(again.store.handwriting.add(lab, [ONE])) == 1
    again.store.upkeep.note_run(run.id)
    again.store.mark(run.id, RunStatus.FINISHED)
    assert again.store.upkeep.make_room(lab, Limits(runs_per_lab=0)) == []
    tamper("UPDATE runs SET used_at = '2026-01-01 12:00:00'")
    assert again.store.upkeep.make_room(lab, Limits(runs_per_lab=0)) == [run.id]


def columns(path: Path) -> dict[str, set[tuple[str, str, int]]]:
    """Return each table's columns: name, type, whether it must have a value."""
    with closing(sqlite3.connect(path)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
        return {
            table: {
                (name, kind, needed)
                for _, name, kind, needed, *_ in connection.execute(f"PRAGMA table_info({table})")
            }
            for (table,) in tables.fetchall()
        }
