"""Stores of earlier versions are brought up to date, with all that is in them."""

import json
import shutil
import sqlite3
import subprocess
import sys
import zlib
from contextlib import ExitStack, closing
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.numpy
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import DateTime, Engine, MetaData, create_engine, event, select

from mnistlab.core.drawing.handwriting import PICTURE_SIDE, LabelledDrawing, LabelledPicture
from mnistlab.core.errors import NotFoundError
from mnistlab.core.run import RunStatus
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.limits import Limits
from mnistlab.core.training.history import History
from mnistlab.store import Explains, RunStore, migrations, this_owner
from mnistlab.store.schema import HEAD
from mnistlab.store.tables import Table
from tests.factories import stroke
from tests.store.conftest import PROJECT, Open, Tamper

FOLDER = Path(__file__).parent
LAB = "1hMAa_Warl3WMrlHff6KpA"
LAB_WITHOUT_RUNS = "GT8njkEbRbOv6_qAXQBT7A"
DATABASE = "mnistlab.db"
VERSIONS = [1, 2, 3, 4]
ONE = LabelledDrawing(1, (stroke((140, 40), (140, 240)),))
PICTURE = LabelledPicture(2, np.full((PICTURE_SIDE, PICTURE_SIDE), 7, dtype=np.uint8))


@pytest.fixture
def migrated(tmp_path: Path, opened: Open, version: int) -> RunStore:
    """What a version of the tables left, brought up to date."""
    shutil.copy(FOLDER / f"version_{version}.db", tmp_path / DATABASE)
    with closing(sqlite3.connect(tmp_path / DATABASE)) as connection:
        assert connection.execute("SELECT version FROM schema_version").fetchall() == [(version,)]
    result = opened(tmp_path)
    assert result.notices == ()
    return result.store


@pytest.mark.parametrize("version", VERSIONS)
def test_a_migrated_one_has_the_tables_of_a_new_one(
    migrated: RunStore, tmp_path: Path, opened: Open
) -> None:
    opened(tmp_path / "new")
    for read in (columns, foreign_keys, indexes):
        assert read(tmp_path / DATABASE) == read(tmp_path / "new" / DATABASE)


@pytest.mark.parametrize("version", [1])
class TestVersionOne:
    """It left two labs, two runs and a drawing."""

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

    def test_is_migrated_once(self, migrated: RunStore, tmp_path: Path, opened: Open) -> None:
        migrated.close()
        again = opened(tmp_path)
        assert again.notices == ()
        assert len(again.store.runs(LAB)) == 2
        with closing(sqlite3.connect(tmp_path / DATABASE)) as connection:
            found = connection.execute("SELECT version_num FROM alembic_version").fetchall()
        assert found == [(HEAD,)]

    def test_was_used_when_it_was_last_trained(self, migrated: RunStore, tmp_path: Path) -> None:
        with closing(sqlite3.connect(tmp_path / DATABASE)) as connection:
            runs = connection.execute("SELECT used_at, lease_until FROM runs").fetchall()
            latest = connection.execute("SELECT max(lease_until) FROM runs").fetchone()
            labs = dict(connection.execute("SELECT key, used_at FROM labs").fetchall())
            made = dict(connection.execute("SELECT key, created_at FROM labs").fetchall())
        assert all(used_at == last_seen for used_at, last_seen in runs)
        assert (labs[LAB],) == latest
        assert labs[LAB_WITHOUT_RUNS] == made[LAB_WITHOUT_RUNS]

    def test_gives_its_oldest_runs_first(self, migrated: RunStore, tmp_path: Path) -> None:
        oldest = migrated.runs(LAB)[1].id
        # This test may run within minutes of the file's making, or on a clock behind it.
        with closing(sqlite3.connect(tmp_path / DATABASE)) as connection, connection:
            connection.execute("UPDATE runs SET used_at = '2026-01-01 12:00:00.000000'")
        assert migrated.upkeep.make_room(LAB, Limits(runs_per_lab=1)) == [oldest]


@pytest.mark.parametrize("version", [2])
class TestVersionTwo:
    """It left one lab with a run and a drawing."""

    LAB = "7-7_tnSGa5nM6DfWZAtRWA"

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


@pytest.mark.parametrize("version", [3])
class TestVersionThree:
    """It left runs of every status, names, handwriting and a drawing.

    `version_3.json` is what that version read from it.
    """

    EXPECTED = json.loads((FOLDER / "version_3.json").read_text())
    LAB = EXPECTED["lab"]

    def test_keeps_its_list(self, migrated: RunStore) -> None:
        records = migrated.runs(self.LAB)
        assert [record.name for record in records] == [run["name"] for run in self.EXPECTED["runs"]]
        for record, expected in zip(records, self.EXPECTED["runs"], strict=True):
            assert record.config == RunConfig(
                **{**expected["config"], "units": record.config.units}
            )
            assert list(record.config.units) == expected["config"]["units"]
            assert record.created_at == datetime.fromisoformat(expected["created_at"])
            for name in FIGURES:
                assert getattr(record, name) == expected[name]
            if record.name != "Diverged":  # which had no status of its own
                assert (record.status, record.message) == (expected["status"], expected["message"])

    def test_keeps_curves_and_weights(self, migrated: RunStore) -> None:
        for expected in self.EXPECTED["runs"]:
            run_id = expected["id"]
            curves = History.from_json(json.dumps(expected["history"]))
            assert migrated.history(run_id) == curves
            assert checksum(migrated.weights(run_id)) == expected["weights"]
            assert checksum(migrated.checkpoint(run_id)) == expected["checkpoint"]
            assert checksum(migrated.test_probabilities(run_id)) == expected["test_probabilities"]

    def test_keeps_drawing_and_handwriting(self, migrated: RunStore) -> None:
        assert migrated.drawing(self.LAB) == self.EXPECTED["drawing"]
        entries = migrated.handwriting.entries(self.LAB)
        assert [[each.id, each.label] for each in entries] == self.EXPECTED["handwriting"]
        drawings = migrated.handwriting.digits(self.LAB, [each.id for each in entries])
        assert [
            [[stroke.width, stroke.points.tolist()] for stroke in each.strokes]
            for each in drawings
            if isinstance(each, LabelledDrawing)
        ] == self.EXPECTED["strokes"]

    def test_finds_the_runs_interrupted_that_went_on(self, migrated: RunStore) -> None:
        going_on = {r.id for r in migrated.runs(self.LAB) if r.status.is_active}
        assert len(going_on) == 2
        assert set(migrated.leases.heartbeat(this_owner())) == going_on

    def test_has_the_tables_that_the_code_declares(
        self, migrated: RunStore, tmp_path: Path
    ) -> None:
        engine = create_engine(f"sqlite:///{tmp_path / DATABASE}")
        with engine.connect() as connection:
            # SQLAlchemy does not see what a key of an added column does when its row is deleted.
            opts = {"include_object": lambda *found: found[2] != "foreign_key_constraint"}
            context = MigrationContext.configure(connection, opts=opts)
            assert compare_metadata(context, Table.metadata) == []
            assert context.get_current_revision() == HEAD
        engine.dispose()

    def test_is_refused_by_servers_of_its_own_version(
        self, migrated: RunStore, tmp_path: Path
    ) -> None:
        with closing(sqlite3.connect(tmp_path / DATABASE)) as connection:
            [(version,)] = connection.execute("SELECT version FROM schema_version").fetchall()
        assert version > 3


@pytest.mark.parametrize("version", [4])
class TestVersionFour:
    """It left runs that finished, diverged and waited, and a drawing."""

    LAB = "qgUZXHVg1iHh09kqEarBIA"

    def test_keeps_its_runs_and_drawing(self, migrated: RunStore) -> None:
        waiting, diverged, finished = migrated.runs(self.LAB)
        assert (finished.status, finished.test_correct) == (RunStatus.FINISHED, 20)
        assert (diverged.status, diverged.name) == (RunStatus.DIVERGED, "Trained again")
        assert waiting.status is RunStatus.QUEUED
        assert migrated.weights(finished.id)
        assert migrated.history(diverged.id).divergence
        assert migrated.drawing(self.LAB) == '{"objects": [4]}'

    def test_has_no_tests_and_no_figures_of_single_images(self, migrated: RunStore) -> None:
        for run in migrated.runs(self.LAB):
            assert (run.explains, run.remedy) == (None, None)
            assert migrated.tests(run.id) == []
            assert migrated.validation_scores(run.id) is None

    def test_has_room_for_tests(self, migrated: RunStore) -> None:
        run = migrated.runs(self.LAB)[-1]
        explains = Explains(run.id, "wider")
        test = migrated.create_run(self.LAB, run.config, "Test", this_owner(), explains)
        assert migrated.tests(run.id) == [test]
        migrated.mark(test.id, RunStatus.FINISHED, attempt=1)
        migrated.delete(self.LAB, run.id)
        with pytest.raises(NotFoundError):
            migrated.run(test.id)


FIGURES = (
    "seconds",
    "epochs_done",
    "best_epoch",
    "validation_accuracy",
    "validation_loss",
    "id",
    "lab",
    "test_correct",
    "test_total",
)


def checksum(content: bytes | np.ndarray | None) -> int | None:
    return None if content is None else zlib.crc32(bytes(content))


def test_the_newest_revision_is_the_one_that_is_looked_for() -> None:
    scripts = ScriptDirectory(str(Path(migrations.__file__).parent))
    assert scripts.get_heads() == [HEAD]


OPEN_TWICE = """
import sys
from pathlib import Path
from mnistlab.store import open_store
for _ in range(2):
    opened = open_store(Path(sys.argv[1]))
    assert opened.notices == ()
    opened.store.close()
print("alembic" in sys.modules)
"""


def test_alembic_is_not_imported_where_nothing_is_to_be_migrated(tmp_path: Path) -> None:
    command = [sys.executable, "-c", OPEN_TWICE, str(tmp_path)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


OPEN = """
import sys
from pathlib import Path
from mnistlab.store import open_store
print("ready", flush=True)
input()
print(*open_store(Path(sys.argv[1])).notices, flush=True)
"""


def test_servers_that_start_together_migrate_once(tmp_path: Path, opened: Open) -> None:
    shutil.copy(FOLDER / "version_3.db", tmp_path / DATABASE)
    command = [sys.executable, "-c", OPEN, str(tmp_path)]
    pipe = subprocess.PIPE
    with ExitStack() as stack:
        servers = [
            stack.enter_context(
                subprocess.Popen(command, cwd=PROJECT, stdin=pipe, stdout=pipe, text=True)
            )
            for _ in range(3)
        ]
        for server in servers:
            assert server.stdout
            assert server.stdout.readline() == "ready\n"
        for server in servers:
            assert server.stdin
            print(file=server.stdin, flush=True)
        assert [server.communicate()[0] for server in servers] == ["\n"] * 3
    assert len(opened(tmp_path).store.runs(TestVersionThree.LAB)) == 7


@pytest.mark.parametrize("version", VERSIONS)
def test_any_version_in_any_database_is_migrated(
    tmp_path: Path, opened: Open, url: str, tamper: Tamper, version: int
) -> None:
    lab, kept = copy_tables(FOLDER / f"version_{version}.db", url)
    result = opened(tmp_path, url)
    assert result.notices == ()
    store = result.store
    assert sorted(run.id for run in store.runs(lab)) == sorted(kept)
    ids = store.handwriting.add(lab, [ONE, PICTURE])
    assert [digit.label for digit in store.handwriting.digits(lab, ids)] == [1, 2]
    run = store.create_run(lab, RunConfig(), "Another", this_owner())
    store.mark(run.id, RunStatus.FINISHED, attempt=1)
    test = store.create_run(lab, RunConfig(), "Test", this_owner(), Explains(run.id, "wider"))
    store.mark(test.id, RunStatus.FINISHED, attempt=1)
    tamper("UPDATE runs SET used_at = '2026-01-01 12:00:00', status = 'finished'")
    removed = store.upkeep.make_room(lab, Limits(runs_per_lab=0))
    assert sorted(removed) == sorted([run.id, *kept])
    with pytest.raises(NotFoundError):
        store.run(test.id)


def copy_tables(path: Path, url: str) -> tuple[str, list[str]]:
    """Copy the tables of a SQLite file to another database; return the lab and ids of its runs."""
    source, target = create_engine(f"sqlite:///{path}"), create_engine(url)
    tables = reflect(source)
    with source.connect() as reading, target.begin() as writing:
        tables.create_all(writing)
        for table in tables.sorted_tables:
            if rows := [dict(row) for row in reading.execute(select(table)).mappings()]:
                writing.execute(table.insert(), rows)
        runs = tables.tables["runs"]
        found = reading.execute(select(runs.c.lab, runs.c.id)).all()
    source.dispose()
    target.dispose()
    [lab] = {row.lab for row in found}
    return lab, [row.id for row in found]


def reflect(source: Engine) -> MetaData:
    """Return the tables of a SQLite file, with types that any database has."""
    tables = MetaData()

    @event.listens_for(tables, "column_reflect")
    def generalize(inspector: object, table: object, column: dict[str, Any]) -> None:
        generic = column["type"].as_generic()
        is_time = isinstance(generic, DateTime)
        column["type"] = DateTime(timezone=True) if is_time else generic

    tables.reflect(source)
    return tables


def columns(path: Path) -> dict[str, set[tuple[str, str, int]]]:
    """Return each table's columns: name, type, whether it must have a value."""
    return {
        table: {(name, kind, needed) for _, name, kind, needed, *_ in rows}
        for table, rows in read_tables(path, "table_info").items()
    }


def foreign_keys(path: Path) -> dict[str, set[tuple[Any, ...]]]:
    """Return each table's foreign keys: table, columns, what happens when a row is changed."""
    found = read_tables(path, "foreign_key_list")
    return {table: {row[2:] for row in rows} for table, rows in found.items()}


def indexes(path: Path) -> dict[str, set[tuple[Any, ...]]]:
    """Return each table's indexes: name, whether it is unique."""
    found = read_tables(path, "index_list")
    return {table: {row[1:3] for row in rows} for table, rows in found.items()}


def read_tables(path: Path, pragma: str) -> dict[str, list[tuple[Any, ...]]]:
    """Return what SQLite says about each table."""
    with closing(sqlite3.connect(path)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
        return {
            table: connection.execute(f"PRAGMA {pragma}({table})").fetchall()
            for (table,) in tables.fetchall()
        }
