"""Two tabs, runs to show, and each state seen once."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from mnistlab.store import RunStore, open_store
from tests.browser.conftest import Server
from tests.browser.look.material import Material, train_material
from tests.browser.look.walk import Tabs, open_tabs


@pytest.fixture(scope="session")
def tabs(browser: Browser) -> Iterator[Tabs]:
    with open_tabs(browser) as opened:
        yield opened


@pytest.fixture(scope="session")
def kept(server: Server) -> Iterator[RunStore]:
    """The server's own database, opened beside it."""
    opened = open_store(server.home).store
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def material(server: Server, kept: RunStore, tabs: Tabs) -> Material:
    return train_material(server, kept, tabs.light)
