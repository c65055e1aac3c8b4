"""The store of labs, runs and drawings: a database, by default one SQLite file."""

from mnistlab.store.handwriting import HandwritingEntry
from mnistlab.store.lookup import NAME_LENGTH
from mnistlab.store.opening import OpenedStore, open_store
from mnistlab.store.owner import this_owner
from mnistlab.store.record import Explains, RunRecord, UnreadableRun
from mnistlab.store.runs import RunStore

__all__ = [
    "NAME_LENGTH",
    "Explains",
    "HandwritingEntry",
    "OpenedStore",
    "RunRecord",
    "RunStore",
    "UnreadableRun",
    "open_store",
    "this_owner",
]
