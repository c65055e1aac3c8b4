"""What is asked of a cluster by one connection."""

import time
from collections.abc import Iterator
from contextlib import closing

import dask
import pytest
from distributed import Event

from mnistlab.core.run import RunStatus
from mnistlab.engine.connection import ExistingCluster
from mnistlab.engine.link import Link
from mnistlab.engine.worker.jobs import TrainingJob, new_stop_name
from tests.factories import SECONDS, SMALL
from tests.services.proxy import Proxy


@pytest.fixture
def link(existing_cluster: ExistingCluster) -> Iterator[Link]:
    with closing(Link(existing_cluster.open(), lambda report: None)) as link:
        yield link


def test_a_worker_is_measured_unless_a_run_comes_in_between(link: Link) -> None:
    profile = link.profile_worker().result(SECONDS)
    assert profile is not None
    assert profile.speed.run_seconds(SMALL) > 0
    interrupted = link.profile_worker()
    run = link.train(TrainingJob("a run", "a lab", SMALL, new_stop_name(), attempt=1))
    assert interrupted.result(SECONDS) is None
    assert run.result(SECONDS).status is RunStatus.FINISHED


def test_a_connection_that_ends_stops_its_measurement(
    link: Link, existing_cluster: ExistingCluster
) -> None:
    link.profile_worker()
    [stop_name] = link._profiles
    with closing(Link(existing_cluster.open(), lambda report: None)) as other:
        link.close()
        assert Event(stop_name, client=other.client).is_set()


def test_a_connection_that_breaks_unnoticed_is_closed_without_an_error(
    existing_cluster: ExistingCluster,
) -> None:
    port = int(existing_cluster.open().rpartition(":")[2])
    with closing(Proxy(port)) as line, dask.config.set({"distributed.comm.timeouts.connect": "1s"}):
        link = Link(f"tcp://127.0.0.1:{line.port}", lambda report: None)
        link.profile_worker()
        # While Dask's thread is busy it can't see that the line is cut.
        assert link.client.loop is not None
        link.client.loop.add_callback(time.sleep, 0.5)
        line.cut()
        assert link.is_up()
        link.close()
        assert not link.is_up()
