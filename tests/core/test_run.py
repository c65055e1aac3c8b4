"""A run's states."""

from mnistlab.core.run import RunStatus


def test_only_a_run_that_waits_or_trains_is_active() -> None:
    active = {status for status in RunStatus if status.is_active}
    assert active == {RunStatus.QUEUED, RunStatus.RUNNING}


def test_states_are_kept_under_these_words() -> None:
    assert " ".join(RunStatus) == "queued running finished stopped diverged failed interrupted"
