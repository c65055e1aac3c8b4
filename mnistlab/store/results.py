"""Writes a training's result to the rows of its run, within the caller's transaction."""

import zlib
from datetime import UTC, datetime

import numpy as np
import safetensors.numpy
from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from mnistlab.core.arrays import Probabilities
from mnistlab.core.errors import StoreError
from mnistlab.core.run import RunResult
from mnistlab.core.training.history import History
from mnistlab.core.training.per_image import ImageScores
from mnistlab.store import label_blob
from mnistlab.store.record import read_config
from mnistlab.store.tables import BlobRow, RunRow

HISTORY = "curves"
NEW_HISTORY = "curves of a new training"
WEIGHTS = "weights"
CHECKPOINT = "checkpoint"
TEST_PROBABILITIES = "test probabilities"
VALIDATION = "validation scores"
SUSPICIOUS_LABELS = "suspicious labels"


def put_rate_changes(run: RunRow, history: History) -> None:
    """Put the changes of the learning rate that a run's curves tell of into its settings."""
    if history.rate_changes:
        config = read_config(run.config)
        run.config = config.with_rate_changes(history.rate_changes).to_json()


def put_history(session: Session, run: RunRow, history: History) -> None:
    """Replace a run's curves, and the figures that lists show of them."""
    best = history.best_epoch
    run.epochs_done = history.epochs_done
    run.seconds = history.seconds
    run.best_epoch = best.epoch if best else None
    run.validation_accuracy = best.validation_accuracy if best else None
    run.validation_loss = best.validation_loss if best else None
    _replace_blob(session, run, HISTORY, history.to_json().encode())


def put_result(session: Session, run: RunRow, result: RunResult) -> None:
    """Replace a run's content by a training's result; parts that are None are deleted."""
    drop_weights(session, run)
    drop_history_so_far(session, run)
    put_rate_changes(run, result.history)
    put_history(session, run, result.history)
    run.status, run.message = result.status, ""
    run.used_at = datetime.now(UTC)
    if result.weights is not None:
        _replace_blob(session, run, WEIGHTS, result.weights)
    if result.checkpoint is not None:
        _replace_blob(session, run, CHECKPOINT, result.checkpoint)
    if result.test_probabilities is not None:
        _put_test_probabilities(session, run, result.test_probabilities)
        run.test_correct, run.test_total = result.test_correct, len(result.test_probabilities)
    if result.validation is not None:
        _put_scores(session, run, result.validation)
    if result.suspicious_labels is not None:
        _replace_blob(session, run, SUSPICIOUS_LABELS, label_blob.pack(result.suspicious_labels))


def drop_weights(session: Session, run: RunRow) -> None:
    """Delete a run's weights and checkpoint, and all that was found with these weights."""
    kinds = (WEIGHTS, CHECKPOINT, TEST_PROBABILITIES, VALIDATION, SUSPICIOUS_LABELS)
    session.execute(delete(BlobRow).where(BlobRow.run == run.id, BlobRow.kind.in_(kinds)))
    run.test_correct = run.test_total = None


def put_history_so_far(session: Session, run: RunRow, history: History) -> None:
    """Put the curves of a training that is going on.

    If the run has weights, the curves that belong to these are kept.
    """
    if has_weights(session, run):
        _replace_blob(session, run, NEW_HISTORY, history.to_json().encode())
    else:
        put_history(session, run, history)


def drop_history_so_far(session: Session, run: RunRow) -> None:
    """Delete what `put_history_so_far` kept beside other curves."""
    session.execute(delete(BlobRow).where(BlobRow.run == run.id, BlobRow.kind == NEW_HISTORY))


def has_weights(session: Session, run: RunRow) -> bool:
    """Return whether a run has weights, if only of an earlier training."""
    return bool(
        session.scalar(select(exists().where(BlobRow.run == run.id, BlobRow.kind == WEIGHTS)))
    )


def get_blob(session: Session, run_id: str, kind: str) -> bytes | None:
    """Return a part of a run, None if there is none; StoreError if its checksum is wrong."""
    row = session.get(BlobRow, (run_id, kind))
    if row is None:
        return None
    if zlib.crc32(row.content) != row.checksum:
        raise StoreError(f"The disk has damaged this run's {kind}.", "Run it again.")
    return row.content


def unpack(content: bytes) -> Probabilities:
    """Read the test probabilities that `put_result` kept."""
    return safetensors.numpy.load(content)[TEST_PROBABILITIES]


def unpack_scores(content: bytes) -> ImageScores:
    """Read the figures of single validation images that `put_result` kept."""
    arrays = safetensors.numpy.load(content)
    return ImageScores(int(arrays["epoch"]), arrays["losses"], arrays["hits"])


def _put_scores(session: Session, run: RunRow, scores: ImageScores) -> None:
    arrays = {
        "epoch": np.array(scores.epoch),
        "losses": np.ascontiguousarray(scores.losses),
        "hits": np.ascontiguousarray(scores.hits),
    }
    _replace_blob(session, run, VALIDATION, safetensors.numpy.save(arrays))


def _put_test_probabilities(session: Session, run: RunRow, probabilities: Probabilities) -> None:
    # safetensors writes memory in its own order, so a transposed view would be wrong.
    rows = np.ascontiguousarray(probabilities, dtype=np.float32)
    content = safetensors.numpy.save({TEST_PROBABILITIES: rows})
    _replace_blob(session, run, TEST_PROBABILITIES, content)


def _replace_blob(session: Session, run: RunRow, kind: str, content: bytes) -> None:
    # Not `merge`, which would read the old content first.
    session.execute(delete(BlobRow).where(BlobRow.run == run.id, BlobRow.kind == kind))
    session.add(BlobRow(run=run.id, kind=kind, content=content, checksum=zlib.crc32(content)))
