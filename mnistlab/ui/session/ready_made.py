"""The ready-made network as the record of a run, of which the store knows nothing."""

import functools

from mnistlab.core.network.ready_made import card
from mnistlab.core.run import RunStatus
from mnistlab.store import RunRecord

ID = "ready-made"
"""In place of a run's id, which is longer."""


@functools.cache
def record() -> RunRecord:
    """Return the network's record, which is of no lab.

    Raises:
        DataError: If the network's card is missing or damaged.
    """
    described = card()
    return RunRecord(
        id=ID,
        lab="",
        name="Ready-made network",
        config=described.config,
        status=RunStatus.FINISHED,
        message="",
        created_at=described.made_at,
        seconds=described.seconds,
        epochs_done=described.epochs_done,
        best_epoch=described.best_epoch,
        validation_accuracy=described.validation_accuracy,
        validation_loss=described.validation_loss,
        test_correct=described.test_correct,
        test_total=described.test_total,
        explains=None,
        remedy=None,
    )


def is_ready_made(run: RunRecord) -> bool:
    """Return whether a record is the ready-made network's."""
    return run.id == ID
