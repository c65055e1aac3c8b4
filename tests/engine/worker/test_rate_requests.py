"""What a worker is asked for, and what the run that it trains takes of it."""

from mnistlab.engine.worker.rate_requests import receive, request


def test_the_latest_rate_is_taken_once() -> None:
    with receive("a run") as take:
        assert take() is None
        request("a run", 0.1)
        request("a run", 0.2)
        assert take() == 0.2
        assert take() is None


def test_a_rate_is_for_its_own_run_while_that_is_trained() -> None:
    request("a run", 0.1)
    with receive("a run") as take, receive("another") as take_another:
        request("a run", 0.2)
        assert (take(), take_another()) == (0.2, None)
    request("a run", 0.3)
    with receive("a run") as take:
        assert take() is None
