"""What is asked of a cluster by one connection, on a cluster of its own."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from mnistlab.core.run import RunStatus
from mnistlab.engine.connection import EmbeddedCluster
from mnistlab.engine.link import Link
from mnistlab.engine.worker.jobs import TrainingJob, new_stop_name
from tests.factories import SECONDS, SMALL


@pytest.fixture
def link(tmp_path: Path) -> Iterator[Link]:
    with (
        closing(EmbeddedCluster(tmp_path)) as cluster,
        closing(Link(cluster.open(), lambda report: None)) as link,
    ):
        yield link


def test_a_worker_is_measured_unless_a_run_comes_in_between(link: Link) -> None:
    profile = link.profile_worker().result(SECONDS)
    assert profile is not None
    assert profile.speed.run_seconds(SMALL) > 0
    interrupted = link.profile_worker()
    run = link.train(TrainingJob("a run", "a lab", SMALL, new_stop_name(), attempt=1))
    assert interrupted.result(SECONDS) is None
    assert run.result(SECONDS).status is RunStatus.FINISHED
