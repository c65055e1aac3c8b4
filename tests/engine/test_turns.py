"""Whose run is next."""

from mnistlab.engine.turns import Turns


def turns(*asked: str) -> Turns:
    """Runs in the order in which they were asked for; the letter is the lab: a1, a2, b1."""
    given = Turns()
    for run_id in asked:
        given.add(run_id, run_id[0])
    return given


def order(given: Turns) -> list[str]:
    """Train all runs, one at a time, each lab's first in its turn."""
    trained = []
    while ready := given.ready():
        given.begin(ready[0])
        given.remove(ready[0])
        trained.append(ready[0])
    return trained


def test_labs_take_turns_in_the_order_in_which_they_came() -> None:
    assert order(turns("a1", "a2", "a3", "b1", "c1", "b2")) == ["a1", "b1", "c1", "a2", "b2", "a3"]


def test_a_lab_that_asks_for_ten_does_not_push_back_one_that_comes_later() -> None:
    given = turns(*(f"a{n}" for n in range(10)))
    given.begin("a0")
    given.add("b0", "b")
    assert order(given)[:2] == ["a0", "b0"]


def test_nobody_who_comes_again_and_again_pushes_back_those_who_wait() -> None:
    given = turns("a1", "a2", "b1")
    trained = []
    for number in range(2, 6):
        first = given.ready()[0]
        given.begin(first)
        given.remove(first)
        trained.append(first)
        given.add(f"b{number}", "b")  # b never lets its line run empty
    assert trained[:3] == ["a1", "b1", "a2"]


def test_only_a_labs_first_run_is_ready() -> None:
    assert turns("a1", "a2", "b1", "b2").ready() == ["a1", "b1"]


def test_a_lab_saves_up_no_turns_while_it_asks_for_nothing() -> None:
    given = turns("a1", "a2", "a3", "a4")
    for run_id in ("a1", "a2", "a3"):
        given.begin(run_id)
        given.remove(run_id)
    given.add("b1", "b")
    given.add("b2", "b")
    assert order(given) == ["b1", "a4", "b2"]


def test_turns_of_runs_taken_back_are_given_back() -> None:
    given = turns(*(f"a{n}" for n in range(10)), "b0", "b1", "b2")
    for number in range(10):
        given.remove(f"a{number}")
    given.add("a10", "a")
    assert given.before("a10") == ["b0", "b1"]


def test_before_a_run_are_those_that_take_their_turn_earlier() -> None:
    given = turns("a1", "a2", "b1")
    assert given.before("a2") == ["a1", "b1"]
    assert given.before("a1") == []
