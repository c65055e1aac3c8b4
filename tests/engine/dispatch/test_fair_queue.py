"""Whose run is next."""

from mnistlab.engine.dispatch.fair_queue import Turns

MINUTES = 300.0
MOMENTS = 2.0


def turns(*asked: str) -> Turns:
    """Runs in the order in which they were asked for; the letter is the lab: a1, a2, b1."""
    given = Turns()
    for run_id in asked:
        given.add(run_id, run_id[0], MINUTES)
    return given


def short_turns(*asked: str) -> Turns:
    """The same of runs that are over in a moment."""
    given = Turns()
    for run_id in asked:
        given.add(run_id, run_id[0], MOMENTS)
    return given


def order(given: Turns) -> list[str]:
    """Train all runs, one at a time, each lab's first in its turn."""
    trained = []
    while ready := given.ready(1):
        given.begin(ready[0])
        given.remove(ready[0])
        trained.append(ready[0])
    return trained


def test_labs_take_turns_in_the_order_in_which_they_came() -> None:
    assert order(turns("a1", "a2", "a3", "b1", "c1", "b2")) == ["a1", "b1", "c1", "a2", "b2", "a3"]


def test_a_lab_that_asks_for_ten_does_not_push_back_one_that_comes_later() -> None:
    given = turns(*(f"a{n}" for n in range(10)))
    given.begin("a0")
    given.add("b0", "b", MINUTES)
    assert order(given)[:2] == ["a0", "b0"]


def test_nobody_who_comes_again_and_again_pushes_back_those_who_wait() -> None:
    given = turns("a1", "a2", "b1")
    trained = []
    for number in range(2, 6):
        first = given.ready(1)[0]
        given.begin(first)
        given.remove(first)
        trained.append(first)
        given.add(f"b{number}", "b", MINUTES)  # b never lets its line run empty
    assert trained[:3] == ["a1", "b1", "a2"]


def test_only_a_labs_first_run_is_ready() -> None:
    assert turns("a1", "a2", "b1", "b2").ready(1) == ["a1", "b1"]


def test_a_long_run_leaves_idle_workers_to_whoever_comes() -> None:
    assert turns("a1", "a2", "a3").ready(workers=8) == ["a1"]


def test_short_runs_take_the_workers_that_would_stand_idle() -> None:
    given = short_turns("a1", "a2", "a3", "a4")
    assert given.ready(workers=3) == ["a1", "a2", "a3"]
    assert given.ready(workers=0) == ["a1"], "nobody knows how many there are"


def test_a_short_run_passes_its_own_labs_long_ones_on_idle_workers_alone() -> None:
    given = turns("a1", "a2")
    given.add("a3", "a", MOMENTS)
    assert given.ready(workers=2) == ["a1", "a3"]
    assert given.ready(workers=1) == ["a1"]


def test_short_runs_leave_a_worker_for_each_other_lab() -> None:
    given = short_turns("a1", "a2", "a3", "b1", "c1")
    assert given.ready(workers=3) == ["a1", "b1", "c1"]
    assert given.ready(workers=4) == ["a1", "b1", "c1", "a2"]


def test_the_next_worker_is_a_newcomers_however_many_short_runs_wait() -> None:
    given = short_turns("a1", "a2", "a3", "a4")
    for run_id in given.ready(workers=2):
        given.begin(run_id)
    given.add("b1", "b", MINUTES)
    given.remove("a1")
    assert given.ready(workers=2) == ["a2", "b1"]


def test_labs_with_short_runs_share_the_idle_workers_in_the_order_of_their_rounds() -> None:
    assert short_turns("a1", "a2", "a3", "b1", "b2").ready(4) == ["a1", "b1", "a2", "b2"]


def test_a_lab_saves_up_no_turns_while_it_asks_for_nothing() -> None:
    given = turns("a1", "a2", "a3", "a4")
    for run_id in ("a1", "a2", "a3"):
        given.begin(run_id)
        given.remove(run_id)
    given.add("b1", "b", MINUTES)
    given.add("b2", "b", MINUTES)
    assert order(given) == ["b1", "a4", "b2"]


def test_turns_of_runs_taken_back_are_given_back() -> None:
    given = turns(*(f"a{n}" for n in range(10)), "b0", "b1", "b2")
    for number in range(10):
        given.remove(f"a{number}")
    given.add("a10", "a", MINUTES)
    assert given.before("a10") == ["b0", "b1"]


def test_before_a_run_are_those_that_take_their_turn_earlier() -> None:
    given = turns("a1", "a2", "b1")
    assert given.before("a2") == ["a1", "b1"]
    assert given.before("a1") == []
