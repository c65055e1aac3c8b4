"""The real MNIST, unpacked once for all tests, and a PostgreSQL server for those that ask.

Torch is imported by those that need it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from mnistlab.engine.worker import cores

if TYPE_CHECKING:
    from mnistlab.core.data.mnist import Digits
    from tests.services.postgresql import PostgreSQL

cores.prepare()  # before anything computes: numbers here are compared with a worker's

# A busy machine is slow at times, which is no fault of the case.
settings.register_profile("same", deadline=None, database=None, derandomize=True)
settings.register_profile("new", deadline=None, database=None)
settings.load_profile("same")


@pytest.fixture(scope="session")
def mnist_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that MNIST is unpacked to."""
    from mnistlab.core.data import archive

    return archive.unpack(tmp_path_factory.mktemp("mnist"))


@pytest.fixture(scope="session")
def training_digits(mnist_cache: Path) -> Digits:
    """MNIST's 60,000 training images."""
    from mnistlab.core.data import mnist

    return mnist.load(mnist_cache, train=True)


@pytest.fixture(scope="session")
def test_digits(mnist_cache: Path) -> Digits:
    """MNIST's 10,000 test images."""
    from mnistlab.core.data import mnist

    return mnist.load(mnist_cache, train=False)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """A PostgreSQL server, started for the tests; without its programs they fail."""
    from tests.services.postgresql import serve

    with serve() as server:
        yield server


@pytest.fixture
def one_thread() -> Iterator[None]:
    """Torch computes in one thread, so that a busy machine gives the same numbers."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def seeded() -> Iterator[None]:
    """What torch draws is the same each time, and nothing that comes later is changed by it."""
    import torch

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        yield
