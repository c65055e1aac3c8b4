"""Which run is trained next."""

from mnistlab.engine.dispatch.fair_queue import FairQueue

MINUTES = 300.0
MOMENTS = 2.0


def queue(*asked: str, seconds: float = MINUTES) -> FairQueue:
    """Runs in the order in which they were asked for; the letter is the lab: a1, a2, b1."""
    runs = FairQueue()
    for run_id in asked:
        runs.add(run_id, run_id[0], seconds)
    return runs


def train_all(runs: FairQueue) -> list[str]:
    """Train all runs, one at a time, each lab's first in its turn."""
    trained = []
    while ready := runs.ready(1):
        runs.remove(ready[0])
        trained.append(ready[0])
    return trained


def test_labs_take_turns_in_the_order_in_which_they_came() -> None:
    runs = queue("a1", "a2", "a3", "b1", "c1", "b2")
    assert train_all(runs) == ["a1", "b1", "c1", "a2", "b2", "a3"]


def test_a_lab_that_asks_for_ten_does_not_push_back_one_that_comes_later() -> None:
    runs = queue(*(f"a{n}" for n in range(10)), "b0")
    assert train_all(runs)[:2] == ["a0", "b0"]


def test_nobody_who_comes_again_and_again_pushes_back_those_who_wait() -> None:
    runs = queue("a1", "a2", "b1")
    trained = []
    for number in range(2, 6):
        first = runs.ready(1)[0]
        runs.remove(first)
        trained.append(first)
        runs.add(f"b{number}", "b", MINUTES)  # b never lets its line run empty
    assert trained[:3] == ["a1", "b1", "a2"]


def test_only_a_labs_first_run_is_ready() -> None:
    assert queue("a1", "a2", "b1", "b2").ready(1) == ["a1", "b1"]


def test_a_long_run_leaves_idle_workers_to_whoever_comes() -> None:
    assert queue("a1", "a2", "a3").ready(workers=8) == ["a1"]


def test_short_runs_take_the_workers_that_would_stand_idle() -> None:
    runs = queue("a1", "a2", "a3", "a4", seconds=MOMENTS)
    assert runs.ready(workers=3) == ["a1", "a2", "a3"]
    assert runs.ready(workers=0) == ["a1"], "nobody knows how many there are"


def test_a_short_run_passes_its_own_labs_long_ones_on_idle_workers_alone() -> None:
    runs = queue("a1", "a2")
    runs.add("a3", "a", MOMENTS)
    assert runs.ready(workers=2) == ["a1", "a3"]
    assert runs.ready(workers=1) == ["a1"]


def test_short_runs_leave_a_worker_for_each_other_lab() -> None:
    runs = queue("a1", "a2", "a3", "b1", "c1", seconds=MOMENTS)
    assert runs.ready(workers=3) == ["a1", "b1", "c1"]
    assert runs.ready(workers=4) == ["a1", "b1", "c1", "a2"]


def test_the_next_worker_is_a_newcomers_however_many_short_runs_wait() -> None:
    runs = queue("a1", "a2", "a3", "a4", seconds=MOMENTS)
    assert runs.ready(workers=2) == ["a1", "a2"]
    runs.add("b1", "b", MINUTES)
    runs.remove("a1")
    assert set(runs.ready(workers=2)) == {"a2", "b1"}


def test_labs_with_short_runs_share_the_idle_workers() -> None:
    runs = queue("a1", "a2", "a3", "b1", "b2", seconds=MOMENTS)
    assert runs.ready(4) == ["a1", "b1", "a2", "b2"]


def test_a_short_run_that_ended_out_of_turn_costs_its_lab_no_place() -> None:
    runs = queue("a1", "a2", "b1", seconds=MOMENTS)
    runs.remove("a2")
    assert train_all(runs) == ["a1", "b1"]


def test_a_lab_saves_up_no_turns_while_it_asks_for_nothing() -> None:
    runs = queue("a1", "a2", "a3", "a4")
    for run_id in ("a1", "a2", "a3"):
        runs.remove(run_id)
    runs.add("b1", "b", MINUTES)
    runs.add("b2", "b", MINUTES)
    assert train_all(runs) == ["a4", "b1", "b2"]


def test_a_lab_whose_runs_were_withdrawn_is_a_newcomer() -> None:
    runs = queue(*(f"a{n}" for n in range(10)), "b0", "b1", "b2")
    for number in range(10):
        runs.remove(f"a{number}")
    runs.add("a10", "a", MINUTES)
    assert runs.before("a10") == ["b0"]


def test_before_a_run_are_those_that_take_their_turn_earlier() -> None:
    runs = queue("a1", "a2", "b1")
    assert runs.before("a2") == ["a1", "b1"]
    assert runs.before("a1") == []


def test_a_run_that_is_not_there_can_be_removed() -> None:
    runs = queue("a1")
    runs.remove("b1")
    assert runs.ready(1) == ["a1"]


class TestBesideAnotherServer:
    def test_a_labs_run_waits_while_that_has_its_turn(self) -> None:
        runs = queue("a1", "b1")
        assert runs.ready(4, lambda lab, run_id: lab != "a") == ["b1"]

    def test_of_a_labs_runs_the_one_that_has_its_turn_is_first(self) -> None:
        """One that was taken over has been in line longer than those that were here before."""
        runs = queue("a2", "b1", "a1")
        assert runs.ready(1, lambda lab, run_id: run_id != "a2") == ["a1", "b1"]
