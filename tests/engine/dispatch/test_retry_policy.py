"""When what came to nothing is given up."""

from mnistlab.engine.dispatch.retry_policy import Patience


def test_a_cluster_may_fail_to_start_twice_in_a_row() -> None:
    patience = Patience()
    assert [patience.ends_after_failed_start() for _ in range(2)] == [False, False]
    patience.note_start()
    assert [patience.ends_after_failed_start() for _ in range(3)] == [False, False, True]


def test_a_run_that_began_four_times_is_given_up() -> None:
    patience = Patience()
    for _ in range(4):
        patience.note_begin("greedy")
    assert patience.ends_after_deaths("greedy")


def test_a_run_that_only_waited_where_others_died_is_not() -> None:
    patience = Patience()
    assert not patience.ends_after_deaths("waiting")
    patience.note_begin("waiting")
    assert not patience.ends_after_deaths("waiting")


def test_a_run_that_loses_cluster_after_cluster_comes_to_an_end() -> None:
    patience = Patience()
    for _ in range(11):
        patience.note_begin("greedy")
    assert not patience.ends_after_loss("greedy")
    patience.note_begin("greedy")
    assert patience.ends_after_loss("greedy")


def test_even_a_run_whose_beginning_is_never_heard_of_comes_to_an_end() -> None:
    patience = Patience()
    assert [patience.ends_after_deaths("mute") for _ in range(5)] == [False] * 4 + [True]


def test_a_run_that_is_sent_anew_begins_from_nothing() -> None:
    patience = Patience()
    for _ in range(4):
        patience.note_begin("again")
    patience.forget("again")
    assert not patience.ends_after_deaths("again")
