"""What one server makes of the others' runs; the database is real, the others are names in it."""

import dataclasses
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from mnistlab.core.run import RunResult, RunStatus
from mnistlab.core.training.cost.speed import Speed
from mnistlab.engine.other_servers import OtherServers
from mnistlab.store import RunStore, open_store
from tests.factories import CURVE, SMALL, curve, not_none

HERE = "this server"
THERE = "another server"
SPEED = Speed(step=0.001)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RunStore]:
    with closing(open_store(tmp_path).store) as store:
        yield store


@dataclasses.dataclass
class Class:
    """Labs whose runs are on two servers."""

    store: RunStore
    others: OtherServers

    def __post_init__(self) -> None:
        self.labs = {name: self.store.create_lab() for name in "abc"}
        self.runs: dict[str, str] = {}

    def submit(self, name: str, owner: str) -> str:
        """Submit a run, whose lab is its name's first letter."""
        run = self.store.create_run(self.labs[name[0]], SMALL, name, owner)
        self.runs[run.id] = name
        self.others.refresh()
        return run.id

    def hand_over(self, run_id: str) -> None:
        self.others.note_submission(run_id)
        self.others.refresh()

    def train(self, run_id: str) -> None:
        self.store.save_history(run_id, CURVE, attempt=1)
        self.others.refresh()

    def has_turn(self, run_id: str) -> bool:
        return self.others.has_turn(self.labs[self.runs[run_id][0]], run_id)

    def place(self, run_id: str) -> int | None:
        live = self.others.look(run_id, SPEED)
        return live.wait.place if live and live.wait else None


@pytest.fixture
def school(store: RunStore) -> Class:
    return Class(store, OtherServers(store, HERE))


class TestALook:
    def test_shows_what_another_server_trains(self, school: Class) -> None:
        run_id = school.submit("a1", THERE)
        assert school.place(run_id) == 1
        school.train(run_id)
        live = not_none(school.others.look(run_id, SPEED))
        assert (live.status, live.history, live.wait) == (RunStatus.RUNNING, CURVE, None)

    def test_has_no_curve_of_a_run_that_waits_to_begin_again(self, school: Class) -> None:
        run_id = school.submit("a1", THERE)
        result = RunResult(RunStatus.FINISHED, curve([0.5]), b"weights")
        school.store.save_result(run_id, result, attempt=1)
        school.store.restart(run_id, SMALL, THERE)
        school.others.refresh()
        assert not not_none(school.others.look(run_id, SPEED)).history.steps

    def test_tells_of_a_stop(self, school: Class) -> None:
        run_id = school.submit("a1", THERE)
        school.others.stop(run_id)
        assert not_none(school.others.look(run_id, SPEED)).is_stopping

    def test_is_for_others_runs_alone(self, school: Class) -> None:
        assert school.others.look(school.submit("a1", HERE), SPEED) is None
        assert school.others.look("nothing", SPEED) is None


class TestATurn:
    def test_is_a_labs_oldest_runs(self, school: Class) -> None:
        elder, younger = school.submit("a1", THERE), school.submit("a2", HERE)
        assert not school.has_turn(younger)
        school.store.mark(elder, RunStatus.STOPPED, attempt=1)
        school.others.refresh()
        assert school.has_turn(younger)

    def test_is_not_taken_from_one_that_is_handed_over(self, school: Class) -> None:
        elder, younger = school.submit("a1", HERE), school.submit("a2", THERE)
        assert school.has_turn(elder)
        school.hand_over(younger)
        assert not school.has_turn(elder)

    def test_does_not_depend_on_other_labs(self, school: Class) -> None:
        school.submit("a1", THERE)
        assert school.has_turn(school.submit("b1", HERE))

    def test_of_a_run_that_the_others_may_not_know_yet_comes_after_theirs(
        self, school: Class
    ) -> None:
        school.submit("a1", THERE)
        assert not school.others.has_turn(school.labs["a"], "just submitted")


class TestAPlace:
    def test_is_behind_what_the_scheduler_has_and_the_rounds_before(self, school: Class) -> None:
        first, second = school.submit("a1", THERE), school.submit("a2", THERE)
        third = school.submit("b1", THERE)
        school.hand_over(first)
        school.train(first)
        school.hand_over(third)
        assert [school.place(run_id) for run_id in (third, second)] == [1, 2]

    def test_counts_the_others_that_come_before_an_own_run(self, school: Class) -> None:
        first = school.submit("a1", THERE)
        school.hand_over(first)
        own = school.submit("b1", HERE)
        school.submit("c1", THERE)
        assert [run.id for run in school.others.before(own)] == [first]
