"""Two dashboards that share one Dask cluster."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from mnistlab.core.run import RunStatus
from mnistlab.engine.api import Engine
from mnistlab.engine.connection import ExistingCluster
from mnistlab.store import open_store
from tests.engine.conftest import Lab
from tests.factories import LONG, SMALL, wait_until

NewServer = Callable[[], Callable[[], Lab]]


@pytest.fixture
def new_server(tmp_path: Path, existing_cluster: ExistingCluster) -> Iterator[NewServer]:
    """Start servers, each of which makes new labs, with one scheduler for all."""
    with ExitStack() as stack:

        def start() -> Callable[[], Lab]:
            store = open_store(tmp_path).store
            stack.callback(store.close)
            engine = Engine(store, existing_cluster)
            stack.callback(engine.close)
            engine.start()
            return lambda: Lab(store.create_lab(), engine, store)

        yield start


def test_students_of_both_are_in_one_line_in_the_order_in_which_they_came(
    new_server: NewServer,
) -> None:
    older = new_server()
    regular = older()
    for _ in range(3):
        assert regular.train(SMALL).status is RunStatus.FINISHED
    newer = new_server()
    submitted = [submit(lab) for lab in (newer(), regular, newer(), older(), newer(), older())]
    priorities = [priority_of(*each) for each in submitted]
    assert priorities == sorted(filter(None, priorities)), "Dask takes the lowest first"
    for lab, run_id in reversed(submitted):
        lab.stop(run_id)


def submit(lab: Lab) -> tuple[Lab, str]:
    """Submit a run that does not end; return when the scheduler has it."""
    run_id = lab.submit(LONG)
    wait_until(lambda: priority_of(lab, run_id) is not None, "The run's way to the scheduler")
    return lab, run_id


def priority_of(lab: Lab, run_id: str) -> tuple[float, ...] | None:
    """Return what the scheduler orders a run's task by; None if it has none."""
    link = lab.engine._dispatcher._link
    if link is None:
        return None
    tasks = link.client.run_on_scheduler(
        lambda dask_scheduler: {key: task.priority for key, task in dask_scheduler.tasks.items()}
    )
    return next((priority for key, priority in tasks.items() if run_id in key), None)
