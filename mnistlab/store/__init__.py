"""The store of labs, runs and drawings: a database, by default one SQLite file."""

from mnistlab.store.active import ActiveRun
from mnistlab.store.handwriting import HandwritingEntry
from mnistlab.store.leases import TakenOver
from mnistlab.store.lookup import NAME_LENGTH
from mnistlab.store.opening import OpenedStore, open_store
from mnistlab.store.owner import this_owner
from mnistlab.store.record import Explains, RunRecord, UnreadableRun
from mnistlab.store.runs import RunStore

__all__ = [
    "NAME_LENGTH",
    "ActiveRun",
    "Explains",
    "HandwritingEntry",
    "OpenedStore",
    "RunRecord",
    "RunStore",
    "TakenOver",
    "UnreadableRun",
    "open_store",
    "this_owner",
]
