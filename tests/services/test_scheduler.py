"""Runs on a Dask cluster that somebody else keeps, and what becomes of them when it goes."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from mnistlab.core.run import RunStatus
from mnistlab.core.training.history import History
from mnistlab.engine.api import Engine
from mnistlab.engine.connection import EmbeddedCluster, ExistingCluster
from mnistlab.store import open_store
from mnistlab.ui import services
from tests.engine.conftest import Lab, common_part
from tests.factories import LONG, SMALL, wait_until
from tests.services.conftest import Begin, Cluster, started
from tests.services.postgresql import free_port
from tests.services.proxy import Proxy
from tests.ui.conftest import CheckedApp

pytestmark = pytest.mark.services


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
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Trained, History]:
    """What the embedded cluster makes of `SMALL`, and of the beginning of `LONG`."""
    home = tmp_path_factory.mktemp("embedded")
    opened = open_store(home)
    engine = Engine(opened.store, EmbeddedCluster(home))
    engine.start()
    lab = Lab(opened.store.create_lab(), engine, opened.store)
    small = trained(lab, lab.submit(SMALL))
    begun = lab.store.history(lab.train_partly(LONG).id)
    engine.close()
    opened.store.close()
    return small, begun


@dataclasses.dataclass(frozen=True)
class UnderWay:
    """A run of `LONG` that something is to happen to."""

    lab: Lab
    run_id: str
    attempt: float | None

    @classmethod
    def begin(cls, lab: Lab) -> "UnderWay":
        run_id = lab.submit(LONG)
        lab.wait_for_points(run_id)
        return cls(lab, run_id, lab.attempt(run_id))

    def check_another_attempt(self, undisturbed: tuple[Trained, History]) -> None:
        """Wait until it is trained once more; stop it and look at its curve."""
        self.lab.wait_for_another_attempt(self.run_id, self.attempt)
        curve, expected = common_part(self.lab.stop(self.run_id), undisturbed[1])
        assert curve == expected


class TestARun:
    def test_is_the_same_as_on_the_embedded_cluster(
        self, lab: Lab, undisturbed: tuple[Trained, History]
    ) -> None:
        small, _ = undisturbed
        assert trained(lab, lab.submit(SMALL)) == small
        assert small.weights

    def test_is_trained_beside_another_labs(self, lab: Lab, cluster: Cluster) -> None:
        other = Lab(lab.store.create_lab(), lab.engine, lab.store)
        first, second = lab.submit(LONG), other.submit(LONG)
        lab.wait_for_points(first)
        other.wait_for_points(second)
        assert sorted(len(tasks) for tasks in cluster.trainers().values()) == [1, 1]
        for each, run_id in ((lab, first), (other, second)):
            each.engine.stop(each.key, run_id)
            assert each.wait_for_end(run_id).status is RunStatus.STOPPED

    def test_has_the_same_numbers_beside_another_thread_of_its_process(
        self, begin: Begin, mnist_cache: Path
    ) -> None:
        config = dataclasses.replace(LONG, dropout=0.3, distortions="handwriting")
        with started(Cluster(mnist_cache.parent, processes=1, threads=2)) as cluster:
            lab = begin(ExistingCluster(cluster.address))
            other = Lab(lab.store.create_lab(), lab.engine, lab.store)
            alone = lab.store.history(lab.train_partly(config).id)
            both = [(each, each.submit(config)) for each in (lab, other)]
            for each, run_id in both:
                each.wait_for_points(run_id, count=10)
            assert [len(tasks) for tasks in cluster.trainers().values()] == [2]
            for each, run_id in both:
                curve, expected = common_part(each.stop(run_id), alone)
                assert curve == expected

    def test_outlives_its_worker(
        self, lab: Lab, cluster: Cluster, undisturbed: tuple[Trained, History]
    ) -> None:
        run = UnderWay.begin(lab)
        cluster.kill_a_trainer()
        run.check_another_attempt(undisturbed)


class TestWhenTheSchedulerIsAway:
    def test_runs_wait_and_go_on_when_it_is_back(
        self, lab: Lab, cluster: Cluster, undisturbed: tuple[Trained, History]
    ) -> None:
        under_way = UnderWay.begin(lab)
        others = [lab.submit(SMALL) for _ in range(2)]
        cluster.kill_scheduler()
        wait_until(lambda: bool(lab.engine.trouble), "The notice that it is away")
        assert "continue automatically" in lab.engine.trouble
        others.append(lab.submit(SMALL))
        assert lab.store.run(under_way.run_id).status is RunStatus.RUNNING
        cluster.start()
        under_way.check_another_attempt(undisturbed)
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
        wait_until(lambda: bool(lab.engine.trouble), "The notice that it is away")
        cluster.start()
        assert lab.wait_for_end(run_id).status is RunStatus.FINISHED


@pytest.fixture
def line(cluster: Cluster) -> Iterator[Proxy]:
    proxy = Proxy(cluster.port)
    yield proxy
    proxy.close()


class TestWhenOnlyTheLineBreaks:
    def test_a_run_is_trained_once_more_and_only_once(
        self, begin: Begin, line: Proxy, cluster: Cluster, undisturbed: tuple[Trained, History]
    ) -> None:
        lab = begin(ExistingCluster(f"tcp://127.0.0.1:{line.port}"))
        other = Lab(lab.store.create_lab(), lab.engine, lab.store)
        runs = [UnderWay.begin(each) for each in (lab, other)]
        line.cut()
        line.mend()
        for run in runs:
            run.check_another_attempt(undisturbed)
        wait_until(lambda: not any(cluster.trainers().values()), "The end of all training")


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
        app = CheckedApp().run()
        app.button(key="train").click().run()
        wait_until(lambda: bool(services.get_services().engine.trouble), "The trouble")
        app.run()
        [warning] = app.warning
        assert words in warning.value
        assert address in warning.value
