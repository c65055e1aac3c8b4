"""A cluster that only talks to those it knows, by the documented commands."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import dask
import pytest

from mnistlab.core.errors import EngineError
from mnistlab.engine.link import Link
from tests.factories import SMALL
from tests.services.conftest import PROJECT, Cluster, started

pytestmark = pytest.mark.services

DOCUMENT = PROJECT / "docs" / "more-than-one-machine.md"
SERVER = """
import sys, time
from mnistlab.core.settings.config import RunConfig
from mnistlab.ui.services import get_services

services = get_services()
run = services.engine.submit(services.store.create_lab(), RunConfig.from_json(sys.argv[1]), "Try")
while services.store.run(run).status.is_active:
    time.sleep(0.1)
print(services.store.run(run).status.value)
"""


def make_certificate(folder: Path) -> Path:
    """Run the documented command in a folder."""
    folder.mkdir()
    [command] = [line for line in DOCUMENT.read_text().splitlines() if "openssl req" in line]
    subprocess.run(command.split(), cwd=folder, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the cluster's certificate and key."""
    return make_certificate(tmp_path_factory.mktemp("tls") / "ours")


@pytest.fixture(scope="module")
def tls_cluster(keys: Path, mnist_cache: Path) -> Iterator[Cluster]:
    certificate, key = f"{keys}/cert.pem", f"{keys}/key.pem"
    options = ("--tls-ca-file", certificate, "--tls-cert", certificate, "--tls-key", key)
    with started(Cluster(mnist_cache.parent, protocol="tls", options=options)) as running:
        yield running


def test_a_server_with_the_certificate_trains(
    tls_cluster: Cluster, keys: Path, tmp_path: Path
) -> None:
    documented = {
        "DASK_DISTRIBUTED__COMM__TLS__CA_FILE": f"{keys}/cert.pem",
        "DASK_DISTRIBUTED__COMM__TLS__CLIENT__CERT": f"{keys}/cert.pem",
        "DASK_DISTRIBUTED__COMM__TLS__CLIENT__KEY": f"{keys}/key.pem",
    }
    assert all(f"export {name}=" in DOCUMENT.read_text() for name in documented)
    ours = {"MNISTLAB_HOME": str(tmp_path), "MNISTLAB_SCHEDULER": tls_cluster.address}
    server = subprocess.run(
        [sys.executable, "-c", SERVER, SMALL.to_json()],
        cwd=PROJECT,
        env={**os.environ, **ours, **documented},
        stdout=subprocess.PIPE,
        text=True,
        timeout=600,
    )
    assert server.stdout.split() == ["finished"]


class TestAServerIsRefused:
    def test_without_a_certificate(self, tls_cluster: Cluster) -> None:
        with pytest.raises(EngineError, match="asks for a certificate, and this server has none"):
            connect(tls_cluster.address)

    def test_with_a_certificate_of_others(
        self, tls_cluster: Cluster, keys: Path, tmp_path: Path
    ) -> None:
        theirs = make_certificate(tmp_path / "theirs")
        with use(authority=keys, own=theirs), pytest.raises(EngineError, match="don't trust"):
            connect(tls_cluster.address)

    def test_by_a_cluster_of_others(self, tls_cluster: Cluster, keys: Path, tmp_path: Path) -> None:
        theirs = make_certificate(tmp_path / "theirs")
        with use(authority=theirs, own=keys), pytest.raises(EngineError, match="don't trust"):
            connect(tls_cluster.address)

    def test_with_a_file_that_is_not_there(
        self, tls_cluster: Cluster, keys: Path, tmp_path: Path
    ) -> None:
        with (
            use(authority=tmp_path, own=keys),
            pytest.raises(EngineError, match="TLS__CA_FILE"),
        ):
            connect(tls_cluster.address)

    def test_that_does_not_speak_tls(self, tls_cluster: Cluster) -> None:
        with pytest.raises(EngineError, match="can't be reached"):
            connect(tls_cluster.address.replace("tls:", "tcp:"))


def test_a_word_that_is_no_address_is_named() -> None:
    with pytest.raises(EngineError, match="MNISTLAB_SCHEDULER"):
        connect("gopher://10.0.0.5")


def connect(address: str) -> None:
    Link(address, print).close()


def use(authority: Path, own: Path) -> dask.config.set:
    """Set what the documented variables set."""
    return dask.config.set(
        {
            "distributed.comm.tls.ca-file": str(authority / "cert.pem"),
            "distributed.comm.tls.client.cert": str(own / "cert.pem"),
            "distributed.comm.tls.client.key": str(own / "key.pem"),
        }
    )
