"""When what came to nothing is given up."""

from mnistlab.engine.dispatch.retry_policy import RetryPolicy


def test_a_cluster_may_fail_to_start_twice_in_a_row() -> None:
    policy = RetryPolicy()
    assert [policy.ends_after_failed_start() for _ in range(2)] == [False, False]
    policy.note_start()
    assert [policy.ends_after_failed_start() for _ in range(3)] == [False, False, True]


def test_a_run_that_began_four_times_is_given_up() -> None:
    policy = RetryPolicy()
    for _ in range(4):
        policy.note_begin("greedy")
    assert policy.ends_after_deaths("greedy")


def test_a_run_that_only_waited_where_others_died_is_not() -> None:
    policy = RetryPolicy()
    assert not policy.ends_after_deaths("waiting")
    policy.note_begin("waiting")
    assert not policy.ends_after_deaths("waiting")


def test_a_run_that_loses_cluster_after_cluster_comes_to_an_end() -> None:
    policy = RetryPolicy()
    for _ in range(11):
        policy.note_begin("greedy")
    assert not policy.ends_after_loss("greedy")
    policy.note_begin("greedy")
    assert policy.ends_after_loss("greedy")


def test_even_a_run_whose_beginning_is_never_heard_of_comes_to_an_end() -> None:
    policy = RetryPolicy()
    assert [policy.ends_after_deaths("mute") for _ in range(5)] == [False] * 4 + [True]


def test_a_run_that_is_sent_anew_begins_from_nothing() -> None:
    policy = RetryPolicy()
    for _ in range(4):
        policy.note_begin("again")
    policy.forget("again")
    assert not policy.ends_after_deaths("again")
