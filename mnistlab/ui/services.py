"""The store and the engine, one of each for all sessions of the server.

This module keeps them, since any visitor could clear `st.cache_resource`.
"""

from __future__ import annotations

import atexit
import logging
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mnistlab import environment
from mnistlab.engine.connection import Connection, EmbeddedCluster, ExistingCluster

if TYPE_CHECKING:
    from mnistlab.engine.api import Engine
    from mnistlab.store import RunStore

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Services:
    """What sessions share.

    Attributes:
        store: Runs, curves, weights and drawings.
        engine: Training, and its limits.
        notices: Problems at startup, shown on every page.
    """

    store: RunStore
    engine: Engine
    notices: tuple[str, ...]


_lock = threading.Lock()
_services: Services | None = None


def get_services() -> Services:
    """Return the services, starting them at the first call."""
    global _services
    with _lock:
        if _services is None:
            _services = _start()
        return _services


def _start() -> Services:
    # First, since it takes longest and runs in parallel with the rest.
    connection = _begin_cluster(environment.home())
    from mnistlab.engine.api import Engine
    from mnistlab.store import open_store

    try:
        opened = open_store(environment.home(), environment.database_url())
    except BaseException:
        connection.close()
        raise
    if opened.home != environment.home():
        connection.close()
        connection = _begin_cluster(opened.home)
    limits, misread = environment.limits()
    engine = Engine(opened.store, connection, limits)
    engine.start()
    atexit.register(engine.close)
    notices = (*opened.notices, *misread, *environment.notice_little_memory())
    for notice in notices:
        logger.warning(notice)
    return Services(opened.store, engine, notices)


def _begin_cluster(home: Path) -> Connection:
    address = environment.scheduler_address()
    connection: Connection = ExistingCluster(address) if address else EmbeddedCluster(home)
    connection.begin()
    return connection
