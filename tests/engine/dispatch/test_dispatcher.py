"""Jobs and reports that go wrong, among others that don't."""

import dataclasses
import logging
import queue
import threading
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from mnistlab.core.errors import EngineError
from mnistlab.core.run import RunResult, RunStatus
from mnistlab.core.training.cost.speed import Speed
from mnistlab.engine.api import Engine
from mnistlab.engine.connection import ExistingCluster
from mnistlab.engine.dispatch import dispatcher
from mnistlab.engine.dispatch.dispatcher import Dispatcher
from mnistlab.engine.dispatch.outcome import Outcome
from mnistlab.engine.other_servers import OtherServers
from mnistlab.engine.worker.jobs import TrainingJob, WorkerProfile, new_stop_name
from mnistlab.store import RunStore, this_owner
from tests.factories import LONG, SECONDS, SMALL, not_none, wait_until


class Heard:
    """A dispatcher, and what it tells."""

    def __init__(self, cluster: ExistingCluster, store: RunStore) -> None:
        self.news: list[str] = []
        self.ends: queue.Queue[tuple[str, Outcome]] = queue.Queue()
        self.dispatcher = Dispatcher(
            cluster,
            lambda run_id, attempt, news: self.news.append(run_id),
            lambda job, outcome: self.ends.put((job.run_id, outcome)),
            OtherServers(store, this_owner()),
        )

    def send(self, run_id: str, continuation: Any = None, **changes: Any) -> None:
        job = TrainingJob(run_id, "a lab", SMALL, new_stop_name(), 1, continuation)
        self.dispatcher.send(dataclasses.replace(job, **changes))

    def close(self) -> None:
        self.dispatcher.close()


@pytest.fixture
def heard(
    existing_cluster: ExistingCluster, shared_engine: tuple[Engine, RunStore]
) -> Iterator[Heard]:
    with closing(Heard(existing_cluster, shared_engine[1])) as heard:
        heard.dispatcher.check()
        yield heard


def test_a_job_that_cannot_be_sent_ends_with_the_reason_and_the_next_is_trained(
    heard: Heard, caplog: pytest.LogCaptureFixture
) -> None:
    heard.send("bad", continuation=threading.Lock())  # which nothing can pickle
    heard.send("good")
    run_id, outcome = heard.ends.get(timeout=SECONDS)
    assert run_id == "bad"
    assert isinstance(outcome, EngineError)
    assert "could not be sent" in str(outcome)
    assert any(record.exc_info for record in caplog.records if record.levelno == logging.ERROR)
    run_id, outcome = heard.ends.get(timeout=SECONDS)
    assert run_id == "good"
    assert isinstance(outcome, RunResult)
    assert outcome.status is RunStatus.FINISHED


def test_a_newer_attempt_takes_the_place_of_one_under_way(heard: Heard) -> None:
    heard.send("a run", config=LONG)
    wait_until(lambda: bool(heard.news), "The first attempt's beginning")
    heard.send("a run", attempt=2)
    run_id, outcome = heard.ends.get(timeout=SECONDS)
    assert isinstance(outcome, RunResult)
    assert (run_id, outcome.history.epochs_done) == ("a run", SMALL.epochs)
    assert heard.ends.empty()
    assert heard.dispatcher.queue.ready(1) == []


def test_a_measurement_is_requested_even_if_a_run_goes_on(
    existing_cluster: ExistingCluster,
    shared_engine: tuple[Engine, RunStore],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(dispatcher, "_SECONDS_BEFORE_PROFILE", 0.1)
    with closing(Heard(existing_cluster, shared_engine[1])) as heard:
        heard.send("a run", config=LONG)
        heard.dispatcher.check()
        wait_until(lambda: bool(heard.news), "The run's beginning")
        link = heard.dispatcher._link
        assert link is not None
        # Its result is not awaited: beside a run a measurement may take minutes.
        wait_until(lambda: bool(link._profiles), "The request for a measurement")
        assert heard.ends.empty(), "the run goes on"
        heard.dispatcher.signals.stop("a run")
        assert heard.ends.get(timeout=SECONDS)[0] == "a run"


def test_a_measurement_that_is_stopped_for_a_run_leaves_an_earlier_one_alone(heard: Heard) -> None:
    wait_until(lambda: heard.dispatcher._link is not None, "The connection")
    link = not_none(heard.dispatcher._link)
    earlier = heard.dispatcher.profiling.profile = WorkerProfile(Speed(step=0.001), {})
    stopped = link.profile_worker()
    heard.send("a run")
    assert heard.ends.get(timeout=SECONDS)[0] == "a run"
    assert stopped.result(SECONDS) is None
    heard.dispatcher.profiling.note(stopped)
    assert heard.dispatcher.profiling.profile is earlier


def test_a_report_that_cannot_be_read_is_logged_and_the_next_is_heard(
    heard: Heard, caplog: pytest.LogCaptureFixture
) -> None:
    wait_until(lambda: heard.dispatcher._link is not None, "The connection")
    link = heard.dispatcher._link
    assert link is not None

    def is_logged() -> bool:
        # Again and again: the first may come before the scheduler knows who listens.
        link.client.log_event(link.topic, ["bad", "attempt", "no JSON"])
        return "report of run bad" in caplog.text

    wait_until(is_logged, "The log of what went wrong")
    heard.send("good")
    assert heard.ends.get(timeout=SECONDS)[0] == "good"
    assert set(heard.news) == {"good"}
