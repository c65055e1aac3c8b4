"""The store and the engine, one of each for the server and all its sessions.

They live in this module, not in `st.cache_resource`, which any visitor could clear.
"""

import atexit
import logging
import threading
from dataclasses import dataclass

from mnistlab import environment
from mnistlab.engine import Engine
from mnistlab.engine.connection import Connection, EmbeddedCluster, ExistingCluster
from mnistlab.store import RunStore, open_store

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Services:
    """What sessions share.

    Attributes:
        store: Runs, curves, weights and drawings.
        engine: Training, and the limits that it holds to.
        notices: What went wrong at the start, for all to see.
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
    opened = open_store(environment.home(), environment.database_url())
    address = environment.scheduler_address()
    connection: Connection = ExistingCluster(address) if address else EmbeddedCluster(opened.home)
    limits, misread = environment.limits()
    engine = Engine(opened.store, connection, limits)
    engine.start()
    atexit.register(engine.close)
    notices = (*opened.notices, *misread)
    for notice in notices:
        logger.warning(notice)
    return Services(opened.store, engine, notices)
