"""Runs on a Dask cluster that somebody else keeps, and what becomes of them when it goes."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from mnistlab.core.history import History
from mnistlab.core.run import RunStatus
from mnistlab.engine.connection import EmbeddedCluster, ExistingCluster
from mnistlab.ui import services
from tests.engine.conftest import LONG, SMALL, Lab, wait_for

from .conftest import PROJECT, Begin, Cluster
from .postgresql import free_port
from .proxy import Proxy

pytestmark = pytest.mark.services

LONGER = dataclasses.replace(SMALL, units=(128,), epochs=25)
"""Long enough for something to happen meanwhile."""


@dataclasses.dataclass(frozen=True)
class Trained:
    """What a run leaves."""

    history: History
    weights: bytes | None


def trained(lab: Lab, run_id: str) -> Trained:
    record = lab.wait_for_end(run_id)
    assert record.status is RunStatus.FINISHED, record.message
    return Trained(lab.store.history(run_id), lab.store.weights(run_id))


@pytest.fixture(scope="module")
def undisturbed(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """What the embedded cluster makes of `LONGER`."""
    home = tmp_path_factory.mktemp("embedded")
    opened = services.open_store(home)
    engine = services.Engine(opened.store, EmbeddedCluster(home))
    engine.start()
    lab = Lab(opened.store.create_lab(), engine, opened.store)
    result = trained(lab, lab.submit(LONGER))
    engine.close()
    opened.store.close()
    return result


class TestARun:
    def test_is_the_same_as_on_the_embedded_cluster(self, lab: Lab, undisturbed: Trained) -> None:
        assert trained(lab, lab.submit(LONGER)) == undisturbed
        assert undisturbed.weights

    def test_is_trained_beside_another_labs(self, lab: Lab, cluster: Cluster) -> None:
        other = Lab(lab.store.create_lab(), lab.engine, lab.store)
        first, second = lab.submit(LONG), other.submit(LONG)
        lab.wait_for_points(first)
        other.wait_for_points(second)
        assert sorted(len(tasks) for tasks in cluster.trainers().values()) == [1, 1]
        for each, run_id in ((lab, first), (other, second)):
            each.engine.stop(each.key, run_id)
            assert each.wait_for_end(run_id).status is RunStatus.STOPPED

    def test_outlives_its_worker(self, lab: Lab, cluster: Cluster, undisturbed: Trained) -> None:
        run_id = lab.submit(LONGER)
        lab.wait_for_points(run_id)
        cluster.kill_a_trainer()
        assert trained(lab, run_id) == undisturbed


class TestWhenTheSchedulerIsAway:
    def test_runs_wait_and_go_on_when_it_is_back(
        self, lab: Lab, cluster: Cluster, undisturbed: Trained
    ) -> None:
        under_way = lab.submit(LONGER)
        lab.wait_for_points(under_way)
        others = [lab.submit(SMALL) for _ in range(2)]  # one worker is left: one waits
        cluster.kill_scheduler()
        wait_for(lambda: bool(lab.engine.trouble), "The notice that it is away")
        assert "go on by themselves" in lab.engine.trouble
        others.append(lab.submit(SMALL))
        assert lab.store.run(under_way).status is RunStatus.RUNNING
        cluster.start()
        assert trained(lab, under_way) == undisturbed
        first, second, third = (trained(lab, run_id) for run_id in others)
        assert first == second == third
        assert lab.engine.trouble == ""

    def test_a_run_that_is_told_to_stop_does(self, lab: Lab, cluster: Cluster) -> None:
        running = lab.submit(LONG)
        lab.wait_for_points(running)
        cluster.kill_scheduler()
        waiting = lab.submit(LONG)
        for run_id in (running, waiting):
            lab.engine.stop(lab.key, run_id)
        cluster.start()
        assert lab.wait_for_end(running).status is RunStatus.STOPPED
        assert lab.wait_for_end(waiting).status is RunStatus.STOPPED

    def test_before_the_server_starts_it_is_waited_for(
        self, begin: Begin, cluster: Cluster
    ) -> None:
        cluster.kill_scheduler()
        lab = begin(ExistingCluster(cluster.address))
        run_id = lab.submit(SMALL)
        wait_for(lambda: bool(lab.engine.trouble), "The notice that it is away")
        cluster.start()
        assert lab.wait_for_end(run_id).status is RunStatus.FINISHED


@pytest.fixture
def line(cluster: Cluster) -> Iterator[Proxy]:
    proxy = Proxy(cluster.port)
    yield proxy
    proxy.close()


class TestWhenOnlyTheLineBreaks:
    def test_a_run_is_trained_once_more_and_only_once(
        self, begin: Begin, line: Proxy, cluster: Cluster, undisturbed: Trained
    ) -> None:
        lab = begin(ExistingCluster(f"tcp://127.0.0.1:{line.port}"))
        run_id, abandoned = lab.submit(LONGER), lab.submit(LONG)
        lab.wait_for_points(run_id)
        lab.wait_for_points(abandoned)
        line.cut()
        line.mend()
        assert trained(lab, run_id) == undisturbed
        lab.wait_for_points(abandoned)
        lab.engine.stop(lab.key, abandoned)
        assert lab.wait_for_end(abandoned).status is RunStatus.STOPPED
        wait_for(lambda: not any(cluster.trainers().values()), "The end of all training")


class TestThePage:
    @pytest.fixture(autouse=True)
    def _server(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        monkeypatch.setenv("MNISTLAB_HOME", str(tmp_path))
        monkeypatch.setattr(services, "_services", None)
        yield
        running = services.get_services()
        running.engine.close()
        running.store.close()

    @pytest.mark.parametrize(
        ("protocol", "words"),
        [("tcp", "can't be reached"), ("tls", "asks for a certificate, and this server has none")],
    )
    def test_says_why_a_run_waits(
        self, monkeypatch: pytest.MonkeyPatch, protocol: str, words: str
    ) -> None:
        address = f"{protocol}://127.0.0.1:{free_port()}"
        monkeypatch.setenv("MNISTLAB_SCHEDULER", address)
        app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60).run()
        app.button(key="train").click().run()
        wait_for(lambda: bool(services.get_services().engine.trouble), "The trouble")
        app.run()
        assert not app.exception
        [warning] = app.warning
        assert words in warning.value
        assert address in warning.value
