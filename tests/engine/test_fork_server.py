"""Workers of the embedded cluster are forked from a process that has imported what they need."""

import sys
from pathlib import Path

import pytest

from mnistlab.cluster.serve import WORKERS
from mnistlab.engine.connection import EmbeddedCluster
from tests.engine.conftest import Lab, processes_of, workers_of
from tests.factories import SMALL, wait_until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere each worker imports")


class TestWorkers:
    def test_come_from_one_process_that_has_torch_and_torchvision(
        self, lab: Lab, engine_home: Path
    ) -> None:
        lab.train(SMALL)
        wait_until(lambda: len(workers_of(engine_home)) == WORKERS, "All workers")
        [fork_server] = {worker.parent() for worker in workers_of(engine_home)}
        assert fork_server is not None
        paths = [part.path for part in fork_server.memory_maps()]
        assert any("libtorch" in path for path in paths)
        assert any("torchvision" in path for path in paths)

    def test_give_way_to_pages_as_that_process_does(self, lab: Lab, engine_home: Path) -> None:
        lab.train(SMALL)
        assert {process.nice() for process in processes_of(engine_home, "forkserver")} == {10}

    def test_have_what_the_libraries_read_when_they_are_loaded(
        self, lab: Lab, engine_home: Path
    ) -> None:
        lab.train(SMALL)
        for process in processes_of(engine_home, "forkserver"):
            # /proc has a process's environment as it was when it began.
            assert process.environ()["MALLOC_TRIM_THRESHOLD_"] == str(2**30)


class TestTheEmbeddedCluster:
    def test_that_was_begun_is_the_one_that_is_opened(self, tmp_path: Path) -> None:
        cluster = EmbeddedCluster(tmp_path)
        try:
            cluster.begin()
            # A process is found by its environment, which it has a moment after it was begun.
            wait_until(lambda: bool(processes_of(tmp_path, "mnistlab.cluster")), "A process")
            [begun] = processes_of(tmp_path, "mnistlab.cluster")
            first = cluster.open()
            assert processes_of(tmp_path, "mnistlab.cluster") == [begun]
            assert cluster.open() != first, "asked again, it starts another"
            assert not begun.is_running()
        finally:
            cluster.close()
        assert processes_of(tmp_path, "mnistlab") == []
