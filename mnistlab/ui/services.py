"""The store and the engine, one of each for the server and all its sessions.

They live in this module, not in `st.cache_resource`, which any visitor could clear.
"""

import atexit
import threading
from dataclasses import dataclass

from mnistlab import environment
from mnistlab.engine import Engine
from mnistlab.engine.connection import Connection, EmbeddedCluster, ExistingCluster
from mnistlab.store import RunStore, open_store


@dataclass(frozen=True)
class Services:
    """What sessions share.

    Attributes:
        store: Runs, curves, weights and drawings.
        engine: Training.
        notices: What went wrong when the store was opened, for all to see.
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
    engine = Engine(opened.store, connection)
    engine.start()
    atexit.register(engine.close)
    return Services(opened.store, engine, opened.notices)
