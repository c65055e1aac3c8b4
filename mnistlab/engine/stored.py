"""What the engine reads of a run in the store."""

from mnistlab.core.errors import NotFoundError
from mnistlab.engine.worker.jobs import Continuation
from mnistlab.store import RunRecord, RunStore


def find_owned(store: RunStore, lab: str, run_id: str) -> RunRecord:
    """Return a run of a lab.

    Raises:
        NotFoundError: If the run is not the lab's.
    """
    record = store.run(run_id)
    if record.lab != lab:
        raise NotFoundError(
            "This run is not one of your lab's.", "You can view it, or train your own."
        )
    return record


def read_continuation(store: RunStore, run_id: str) -> Continuation:
    """Return what a run goes on from.

    Raises:
        NotFoundError: If it has no checkpoint.
    """
    checkpoint, weights = store.checkpoint(run_id), store.weights(run_id)
    if checkpoint is None or weights is None:
        raise NotFoundError("This run has nothing to continue from.", "Run it again instead.")
    return Continuation(checkpoint, weights, store.history(run_id))
