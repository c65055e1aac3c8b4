"""Labs' own test sets: drawings with the digit they are meant to be."""

import secrets
import zlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import safetensors.numpy
from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from mnistlab.core.drawing.handwriting import (
    MAX_DIGITS,
    MAX_POINTS_IN_ALL,
    LabelledDrawing,
    check_label,
)
from mnistlab.core.drawing.strokes import Stroke
from mnistlab.core.errors import NotFoundError, StoreError
from mnistlab.store import lookup
from mnistlab.store.database import Transactions
from mnistlab.store.tables import HandwritingRow


@dataclass(frozen=True)
class HandwritingEntry:
    """A labelled drawing as lists show it, without its strokes.

    Attributes:
        id: Of this drawing and no other, even after it is gone.
        label: The digit that it is meant to be.
    """

    id: str
    label: int


class Handwriting:
    """Labs' labelled drawings. Each method is one transaction."""

    def __init__(self, transactions: Transactions) -> None:
        self._read, self._write = transactions.read, transactions.write

    def add(self, lab: str, drawings: Sequence[LabelledDrawing]) -> list[str]:
        """Add drawings after those that are there, all or none; return their ids.

        Raises:
            NotFoundError: If there is no such lab.
            StoreError: If the lab would have too many, or too many points in all.
        """
        with self._write() as session:
            # Locked, so that simultaneous additions are counted one after the other.
            lookup.find_lab(session, lab)
            _check_room(session, lab, drawings)
            last = session.scalar(_of(lab, func.max(HandwritingRow.place)))
            first = 0 if last is None else last + 1
            rows = [_new_row(lab, place, each) for place, each in enumerate(drawings, first)]
            session.add_all(rows)
            return [row.id for row in rows]

    def entries(self, lab: str) -> list[HandwritingEntry]:
        """Return a lab's drawings in the order in which they were added."""
        query = _of(lab, HandwritingRow.id, HandwritingRow.label).order_by(HandwritingRow.place)
        with self._read() as session:
            return [
                HandwritingEntry(drawing_id, label) for drawing_id, label in session.execute(query)
            ]

    def count(self, lab: str) -> int:
        """Return how many drawings a lab has."""
        with self._read() as session:
            return session.scalar(_of(lab, func.count())) or 0

    def drawings(self, lab: str, ids: Collection[str]) -> list[LabelledDrawing]:
        """Return a lab's drawings of these ids, in the order in which they were added.

        Raises:
            NotFoundError: If one of them is not there, or not this lab's.
            StoreError: If the checksum of one of them is wrong.
        """
        query = _of(lab, HandwritingRow).where(HandwritingRow.id.in_(ids))
        with self._read() as session:
            rows = session.scalars(query.order_by(HandwritingRow.place))
            found = [_read_row(row) for row in rows]
        if len(found) < len(ids):
            raise _missing()
        return found

    def relabel(self, lab: str, drawing_id: str, label: int) -> None:
        """Change the label of a drawing of this lab.

        Raises:
            NotFoundError: If this lab has no such drawing.
            HandwritingError: If the label is no digit.
        """
        check_label(label)
        with self._write() as session:
            _lock_own(session, lab, drawing_id).label = label

    def delete(self, lab: str, drawing_id: str) -> None:
        """Delete a drawing of this lab.

        Raises:
            NotFoundError: If this lab has no such drawing.
        """
        with self._write() as session:
            session.delete(_lock_own(session, lab, drawing_id))

    def delete_all(self, lab: str) -> None:
        """Delete all drawings of a lab."""
        with self._write() as session:
            session.execute(delete(HandwritingRow).where(HandwritingRow.lab == lab))


def _of(lab: str, *columns: Any) -> Select[Any]:
    """Select columns, or sums over them, of a lab's drawings."""
    return select(*columns).where(HandwritingRow.lab == lab)


def _check_room(session: Session, lab: str, drawings: Sequence[LabelledDrawing]) -> None:
    sums = _of(lab, func.count(), func.coalesce(func.sum(HandwritingRow.points), 0))
    count, points = session.execute(sums).one()
    if count + len(drawings) > MAX_DIGITS:
        raise StoreError(
            f"Your handwriting would have {count + len(drawings):,} digits; "
            f"a lab keeps {MAX_DIGITS}.",
            _REMEDY,
        )
    if points + sum(drawing.points for drawing in drawings) > MAX_POINTS_IN_ALL:
        raise StoreError(
            f"Your handwriting would have more than {MAX_POINTS_IN_ALL:,} points in its lines.",
            _REMEDY,
        )


_REMEDY = "Export it, then delete digits that you don't need."


def _lock_own(session: Session, lab: str, drawing_id: str) -> HandwritingRow:
    row = session.get(HandwritingRow, drawing_id, with_for_update=True)
    if row is None or row.lab != lab:
        raise _missing()
    return row


def _missing() -> NotFoundError:
    return NotFoundError(
        "There is no such digit in your handwriting.", "It may have been deleted; reload the page."
    )


def _new_row(lab: str, place: int, drawing: LabelledDrawing) -> HandwritingRow:
    strokes = _pack(drawing.strokes)
    return HandwritingRow(
        id=secrets.token_urlsafe(9),
        lab=lab,
        place=place,
        label=drawing.label,
        points=drawing.points,
        strokes=strokes,
        checksum=zlib.crc32(strokes),
        created_at=datetime.now(UTC),
    )


def _read_row(row: HandwritingRow) -> LabelledDrawing:
    if zlib.crc32(row.strokes) != row.checksum:
        raise StoreError(
            "The disk has damaged a digit of your handwriting.",
            "Delete all your digits, then import the file you exported.",
        )
    return LabelledDrawing(row.label, _unpack(row.strokes))


def _pack(strokes: Sequence[Stroke]) -> bytes:
    return safetensors.numpy.save(
        {
            "points": np.concatenate([stroke.points for stroke in strokes]),
            "lengths": np.array([len(stroke.points) for stroke in strokes], dtype=np.int32),
            "widths": np.array([stroke.width for stroke in strokes], dtype=np.float64),
        }
    )


def _unpack(content: bytes) -> tuple[Stroke, ...]:
    kept = safetensors.numpy.load(content)
    parts = np.split(kept["points"], np.cumsum(kept["lengths"])[:-1])
    return tuple(
        Stroke(part, width) for part, width in zip(parts, kept["widths"].tolist(), strict=True)
    )
