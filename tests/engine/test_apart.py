"""What the engine keeps from other labs, and the cluster from other machines."""

import http.client
from ipaddress import ip_address
from pathlib import Path

import psutil
import pytest

from mnistlab.core.errors import ConfigError, NotFoundError
from mnistlab.core.run import RunStatus
from tests.engine.conftest import Lab, processes_of, workers_of
from tests.factories import SMALL

PAGES = ["/", "/status", "/info/main/workers.html", "/json/counts.json", "/health", "/metrics"]


class TestAnotherLab:
    def test_can_not_train_a_run_on_or_again(self, lab: Lab) -> None:
        record = lab.train(SMALL)
        other = lab.store.create_lab()
        with pytest.raises(NotFoundError, match="not one of your lab's"):
            lab.engine.train_on(other, record.id, 9)
        with pytest.raises(NotFoundError, match="not one of your lab's"):
            lab.engine.run_again(other, record.id)
        assert lab.store.run(record.id) == record


def test_a_run_is_not_trained_on_to_an_earlier_end(lab: Lab) -> None:
    record = lab.train(SMALL)
    for epochs in (1, SMALL.epochs):
        with pytest.raises(ConfigError, match="already has 2 epochs"):
            lab.engine.train_on(lab.key, record.id, epochs)
    assert lab.store.run(record.id).status is RunStatus.FINISHED
    assert lab.store.run(record.id).config == SMALL


class TestTheEmbeddedCluster:
    def test_listens_on_the_loopback_interface_alone(self, lab: Lab, engine_home: Path) -> None:
        lab.train(SMALL)
        addresses = _listening(engine_home)
        assert len(addresses) >= 3  # scheduler, nanny and worker
        assert all(ip_address(address).is_loopback for address, _ in addresses)

    def test_shows_nothing_of_itself_in_a_browser(self, lab: Lab, engine_home: Path) -> None:
        lab.train(SMALL)
        asked = {(port, page) for _, port in _listening(engine_home) for page in PAGES}
        assert [place for place in asked if _is_page(*place)] == []


def _listening(home: Path) -> list[tuple[str, int]]:
    processes = processes_of(home, "mnistlab.cluster") + workers_of(home)
    assert len(processes) >= 2
    sockets = [s for process in processes for s in process.net_connections("tcp")]
    return [(s.laddr.ip, s.laddr.port) for s in sockets if s.status == psutil.CONN_LISTEN]


def _is_page(port: int, page: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", page)
        return connection.getresponse().status == 200
    except (http.client.HTTPException, OSError):
        return False  # Dask's own protocol
    finally:
        connection.close()
