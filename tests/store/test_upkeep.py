"""What is in use is known, and what is not makes room: the oldest first."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Engine, create_engine, event, select, text, update

from mnistlab.core.drawing.handwriting import LabelledDrawing
from mnistlab.core.drawing.strokes import Stroke
from mnistlab.core.run import RunResult, RunStatus
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.limits import Limits
from mnistlab.core.training.history import History
from mnistlab.store import Explains, RunStore, this_owner
from mnistlab.store.tables import BlobRow, LabRow, RunRow
from mnistlab.store.upkeep import EMPTY_KEPT, IN_USE, NOTED_EVERY
from tests.store.conftest import at_once

PassTime = Callable[[timedelta], None]

RUN_BYTES = 100_000
A_LITTLE = timedelta(seconds=10)


def limits(runs_per_lab: int = 1_000, runs: float = 1_000) -> Limits:
    """Limits of so many runs in a lab, and of so many in all, by their size."""
    return Limits(runs_per_lab=runs_per_lab, store_bytes=int(runs * RUN_BYTES))


@pytest.fixture
def database(url: str, store: RunStore) -> Iterator[Engine]:
    """The store's database, as another program has it."""
    engine = create_engine(url)
    yield engine
    engine.dispose()


@pytest.fixture
def pass_time(database: Engine) -> PassTime:
    """Let all uses that were noted have been earlier."""

    def pass_time(span: timedelta) -> None:
        with database.begin() as connection:
            for table, key in ((LabRow, LabRow.key), (RunRow, RunRow.id)):
                for found, used_at in connection.execute(select(key, table.used_at)).all():
                    change = update(table).where(key == found)
                    connection.execute(change.values(used_at=used_at - span))

    return pass_time


def ended_run(store: RunStore, lab: str, explains: Explains | None = None) -> str:
    """Return a run that has ended and takes `RUN_BYTES`."""
    run_id = store.create_run(lab, RunConfig(), "A run", this_owner(), explains).id
    weights = b"w" * (RUN_BYTES - len(History().to_json()))
    store.save_result(run_id, RunResult(RunStatus.FINISHED, History(), weights), attempt=1)
    return run_id


def ended_test(store: RunStore, run_id: str, remedy: str = "wider") -> str:
    """Return a test of a run, which has ended and takes `RUN_BYTES`."""
    return ended_run(store, store.run(run_id).lab, Explains(run_id, remedy))


def ids(store: RunStore, lab: str) -> set[str]:
    return {record.id for record in store.runs(lab)}


class TestNotingUse:
    def test_of_a_run_notes_its_lab_too(
        self, store: RunStore, lab: str, database: Engine, pass_time: PassTime
    ) -> None:
        run_id, other = ended_run(store, lab), ended_run(store, lab)
        pass_time(NOTED_EVERY + A_LITTLE)
        before = datetime.now(UTC)
        store.upkeep.note_run(run_id)
        with database.connect() as connection:
            times = dict(connection.execute(select(RunRow.id, RunRow.used_at)).all())
            assert times[run_id] >= before > times[other]
            assert connection.scalar(select(LabRow.used_at)) == times[run_id]

    def test_is_no_write_when_it_was_noted_lately(
        self, store: RunStore, lab: str, writes: list[str]
    ) -> None:
        run_id = ended_run(store, lab)
        writes.clear()
        for _ in range(3):
            store.upkeep.note_lab(lab)
            store.upkeep.note_run(run_id)
        assert writes == []

    def test_is_one_write_when_that_is_a_while_ago(
        self, store: RunStore, lab: str, writes: list[str], pass_time: PassTime
    ) -> None:
        pass_time(NOTED_EVERY + A_LITTLE)
        writes.clear()
        for _ in range(3):
            store.upkeep.note_lab(lab)
        assert len(writes) == 1

    def test_of_what_is_not_there_is_no_trouble(self, store: RunStore, writes: list[str]) -> None:
        store.upkeep.note_lab("nobody")
        store.upkeep.note_run("nothing")
        assert writes == []


@pytest.fixture
def writes(lab: str) -> Iterator[list[str]]:
    """The statements from now on that change a row."""
    sent: list[str] = []

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        if statement.startswith(("INSERT", "UPDATE", "DELETE")):
            sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield sent
    event.remove(Engine, "before_cursor_execute", note)


class TestTheLimitOfALab:
    def test_takes_the_oldest(self, store: RunStore, lab: str, pass_time: PassTime) -> None:
        runs = [ended_run(store, lab) for _ in range(4)]
        pass_time(IN_USE)
        assert store.upkeep.make_room(lab, limits(runs_per_lab=2)) == runs[:2]
        assert ids(store, lab) == set(runs[2:])

    def test_takes_nothing_before_it_is_passed(
        self, store: RunStore, lab: str, pass_time: PassTime
    ) -> None:
        for _ in range(3):
            ended_run(store, lab)
        pass_time(IN_USE)
        assert store.upkeep.make_room(lab, limits(runs_per_lab=3)) == []

    @pytest.mark.parametrize("status", [RunStatus.QUEUED, RunStatus.RUNNING])
    def test_leaves_what_goes_on(
        self, store: RunStore, lab: str, pass_time: PassTime, status: RunStatus
    ) -> None:
        going_on, ended = ended_run(store, lab), ended_run(store, lab)
        store.mark(going_on, status, attempt=1)
        pass_time(IN_USE)
        assert store.upkeep.make_room(lab, limits(runs_per_lab=1)) == [ended]

    def test_leaves_what_somebody_looks_at(
        self, store: RunStore, lab: str, pass_time: PassTime
    ) -> None:
        runs = [ended_run(store, lab) for _ in range(3)]
        pass_time(IN_USE)
        store.upkeep.note_run(runs[0])
        assert store.upkeep.make_room(lab, limits(runs_per_lab=2)) == [runs[1]]

    def test_leaves_a_run_that_has_just_ended(
        self, store: RunStore, lab: str, pass_time: PassTime
    ) -> None:
        run_id = store.create_run(lab, RunConfig(), "A long one", this_owner()).id
        newer = [ended_run(store, lab) for _ in range(2)]
        pass_time(IN_USE)
        store.save_result(run_id, RunResult(RunStatus.FINISHED, History(), b"w"), attempt=1)
        assert store.upkeep.make_room(lab, limits(runs_per_lab=2)) == newer[:1]

    def test_is_each_labs_own(self, store: RunStore, lab: str, pass_time: PassTime) -> None:
        other = store.create_lab()
        runs = [ended_run(store, other) for _ in range(3)]
        pass_time(IN_USE)
        assert store.upkeep.make_room(lab, limits(runs_per_lab=1)) == []
        assert ids(store, other) == set(runs)

    def test_says_beforehand_what_will_go(
        self, store: RunStore, lab: str, pass_time: PassTime
    ) -> None:
        first, second = ended_run(store, lab), ended_run(store, lab)
        pass_time(IN_USE)
        assert store.upkeep.next_to_delete(lab, limits(runs_per_lab=3)) is None
        told = store.upkeep.next_to_delete(lab, limits(runs_per_lab=2))
        assert told is not None
        assert told.id == first
        third = ended_run(store, lab)
        assert store.upkeep.make_room(lab, limits(runs_per_lab=2)) == [told.id]
        assert ids(store, lab) == {second, third}


class TestTheLimitOfTheStore:
    def test_takes_from_the_lab_unused_for_the_longest(
        self, store: RunStore, lab: str, pass_time: PassTime
    ) -> None:
        old_lab = store.create_lab()
        first_of_all = ended_run(store, lab)
        old = [ended_run(store, old_lab) for _ in range(3)]
        pass_time(IN_USE)
        store.upkeep.note_lab(lab)
        assert store.upkeep.make_room(lab, limits(runs=2)) == old[:2]
        assert ids(store, lab) == {first_of_all}
        assert ids(store, old_lab) == {old[2]}

    def test_goes_on_to_the_next_lab(self, store: RunStore, lab: str, pass_time: PassTime) -> None:
        old_lab = store.create_lab()
        old, mine = ended_run(store, old_lab), [ended_run(store, lab) for _ in range(2)]
        pass_time(IN_USE)
        store.upkeep.note_lab(lab)
        assert store.upkeep.make_room(lab, limits(runs=1)) == [old, mine[0]]

    def test_counts_curves_and_weights(
        self, store: RunStore, lab: str, pass_time: PassTime
    ) -> None:
        runs = [ended_run(store, lab) for _ in range(3)]
        pass_time(IN_USE)
        assert store.upkeep.make_room(lab, limits(runs=3)) == []
        one_byte_less = Limits(runs_per_lab=1_000, store_bytes=3 * RUN_BYTES - 1)
        assert store.upkeep.make_room(lab, one_byte_less) == runs[:1]

    def test_counts_handwriting(self, store: RunStore, lab: str, pass_time: PassTime) -> None:
        runs = [ended_run(store, lab) for _ in range(3)]
        store.handwriting.add(lab, [digit(points=1)])
        pass_time(IN_USE)
        assert store.upkeep.make_room(lab, limits(runs=3)) == runs[:1]
        assert store.handwriting.count(lab) == 1

    def test_takes_handwriting_last_and_from_the_lab_unused_for_the_longest(
        self, store: RunStore, lab: str, pass_time: PassTime
    ) -> None:
        old_lab, newer_lab = store.create_lab(), store.create_lab()
        for each in (newer_lab, old_lab, lab):
            store.handwriting.add(each, [digit(points=7_000), digit(points=7_000)])
        run_id = ended_run(store, lab)
        pass_time(IN_USE)
        store.upkeep.note_lab(newer_lab)
        pass_time(IN_USE)
        store.upkeep.note_lab(lab)
        assert store.upkeep.make_room(lab, limits(runs=2.5)) == [run_id]
        counts = [store.handwriting.count(each) for each in (old_lab, newer_lab, lab)]
        assert counts == [0, 2, 2]
        assert store.upkeep.make_room(lab, limits(runs=0)) == []
        counts = [store.handwriting.count(each) for each in (old_lab, newer_lab, lab)]
        assert counts == [0, 0, 2]  # the last is in use

    def test_leaves_what_goes_on_or_is_in_use_even_then(
        self, store: RunStore, lab: str, pass_time: PassTime
    ) -> None:
        going_on, in_use, unused = (ended_run(store, lab) for _ in range(3))
        store.mark(going_on, RunStatus.RUNNING, attempt=1)
        pass_time(IN_USE)
        store.upkeep.note_run(in_use)
        assert store.upkeep.make_room(lab, limits(runs=0)) == [unused]

    def test_takes_curves_and_weights_along(
        self, store: RunStore, lab: str, database: Engine, pass_time: PassTime
    ) -> None:
        ended_run(store, lab)
        pass_time(IN_USE)
        store.upkeep.make_room(lab, limits(runs=0))
        with database.connect() as connection:
            assert connection.execute(select(BlobRow.run)).all() == []

    @pytest.mark.parametrize("url", ["sqlite"], indirect=True)
    def test_keeps_the_file_from_growing(
        self, store: RunStore, lab: str, tmp_path: Path, database: Engine, pass_time: PassTime
    ) -> None:
        def turn_over() -> int:
            for _ in range(10):
                ended_run(store, lab)
                pass_time(IN_USE)
                store.upkeep.make_room(lab, limits(runs=10))
            with database.begin() as connection:
                connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
            return (tmp_path / "mnistlab.db").stat().st_size

        full = turn_over()
        assert max(turn_over() for _ in range(3)) <= full + 2 * RUN_BYTES
        assert len(store.runs(lab)) == 10


class TestTests:
    def test_do_not_count_for_the_limit_of_a_lab(
        self, store: RunStore, lab: str, pass_time: PassTime
    ) -> None:
        run_id = ended_run(store, lab)
        tests = [ended_test(store, run_id, remedy) for remedy in ("wider", "deeper")]
        newer = ended_run(store, lab)
        pass_time(IN_USE)
        assert store.upkeep.next_to_delete(lab, limits(runs_per_lab=3)) is None
        assert store.upkeep.make_room(lab, limits(runs_per_lab=2)) == []
        assert {test.id for test in store.tests(run_id)} == set(tests)
        assert ids(store, lab) == {run_id, newer}

    def test_go_with_their_run(self, store: RunStore, lab: str, pass_time: PassTime) -> None:
        run_id = ended_run(store, lab)
        ended_test(store, run_id)
        newer = ended_run(store, lab)
        pass_time(IN_USE)
        assert store.upkeep.make_room(lab, limits(runs_per_lab=1)) == [run_id]
        assert store.tests(run_id) == []
        assert ids(store, lab) == {newer}

    def test_go_before_all_runs_when_the_store_is_full(
        self, store: RunStore, lab: str, pass_time: PassTime
    ) -> None:
        old_lab = store.create_lab()
        old, mine = ended_run(store, old_lab), ended_run(store, lab)
        my_test = ended_test(store, mine)
        old_tests = [ended_test(store, old, remedy) for remedy in ("wider", "deeper")]
        pass_time(IN_USE)
        store.upkeep.note_lab(lab)
        assert store.upkeep.make_room(lab, limits(runs=4)) == old_tests[:1]
        assert store.upkeep.make_room(lab, limits(runs=2)) == [old_tests[1], my_test]
        assert store.upkeep.make_room(lab, limits(runs=1)) == [old]

    @pytest.mark.parametrize("status", [RunStatus.QUEUED, RunStatus.RUNNING])
    def test_that_go_on_keep_their_run(
        self, store: RunStore, lab: str, pass_time: PassTime, status: RunStatus
    ) -> None:
        run_id = ended_run(store, lab)
        store.mark(ended_test(store, run_id), status, attempt=1)
        newer = ended_run(store, lab)
        pass_time(IN_USE)
        assert store.upkeep.make_room(lab, limits(runs_per_lab=1, runs=0)) == [newer]
        assert ids(store, lab) == {run_id}

    def test_that_are_viewed_keep_their_run(
        self, store: RunStore, lab: str, pass_time: PassTime
    ) -> None:
        run_id = ended_run(store, lab)
        test, other = ended_test(store, run_id), ended_test(store, run_id, "deeper")
        pass_time(IN_USE)
        store.upkeep.note_run(test)
        assert store.upkeep.make_room(lab, limits(runs=0)) == [other]
        assert ids(store, lab) == {run_id}


def digit(points: int) -> LabelledDrawing:
    """Return a digit whose strokes take eight bytes for each point, and a few more."""
    return LabelledDrawing(1, (Stroke(np.zeros((points, 2), dtype=np.float32), 20.0),))


class TestEmptyLabs:
    def test_go_when_nobody_has_been_there_for_long(
        self, store: RunStore, lab: str, pass_time: PassTime
    ) -> None:
        pass_time(EMPTY_KEPT + A_LITTLE)
        new = store.create_lab()
        assert not store.has_lab(lab)
        assert store.has_lab(new)

    def test_stay_before(self, store: RunStore, lab: str, pass_time: PassTime) -> None:
        pass_time(EMPTY_KEPT - A_LITTLE)
        store.create_lab()
        assert store.has_lab(lab)

    def test_stay_when_somebody_has_been_there(
        self, store: RunStore, lab: str, pass_time: PassTime
    ) -> None:
        pass_time(EMPTY_KEPT + A_LITTLE)
        store.upkeep.note_lab(lab)
        store.create_lab()
        assert store.has_lab(lab)

    @pytest.mark.parametrize(
        "fill",
        [
            lambda store, lab: store.create_run(lab, RunConfig(), "A run", this_owner()),
            lambda store, lab: store.save_drawing(lab, "{}"),
            lambda store, lab: store.handwriting.add(lab, [digit(points=2)]),
        ],
        ids=["run", "drawing", "handwriting"],
    )
    def test_are_those_without_anything(
        self,
        store: RunStore,
        lab: str,
        pass_time: PassTime,
        fill: Callable[[RunStore, str], object],
    ) -> None:
        fill(store, lab)
        pass_time(EMPTY_KEPT + A_LITTLE)
        store.create_lab()
        assert store.has_lab(lab)


def test_room_is_made_by_several_at_once(store: RunStore, lab: str, pass_time: PassTime) -> None:
    runs = [ended_run(store, lab) for _ in range(20)]
    pass_time(IN_USE)
    removed: list[str] = []
    at_once(lambda: removed.extend(store.upkeep.make_room(lab, limits(5))), times=3)
    assert sorted(removed) == sorted(runs[:15])
    assert ids(store, lab) == set(runs[15:])
