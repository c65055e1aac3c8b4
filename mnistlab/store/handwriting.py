"""Labs' own test sets: drawings and pictures with the digit they are meant to be."""

import secrets
import zlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from mnistlab.core.drawing.handwriting import (
    MAX_DIGITS,
    MAX_POINTS_IN_ALL,
    LabelledDigit,
    check_label,
)
from mnistlab.core.errors import NotFoundError, StoreError
from mnistlab.store import digit_blob, lookup
from mnistlab.store.database import Transactions
from mnistlab.store.tables import HandwritingRow


@dataclass(frozen=True)
class HandwritingEntry:
    """A labelled digit as lists show it, without its strokes or pixels.

    Attributes:
        id: Of this digit and no other, even after it is gone.
        label: The digit that it is meant to be.
    """

    id: str
    label: int


class Handwriting:
    """Labs' labelled digits. Each method is one transaction."""

    def __init__(self, transactions: Transactions) -> None:
        self._read, self._write = transactions.read, transactions.write

    def add(self, lab: str, digits: Sequence[LabelledDigit]) -> list[str]:
        """Add digits after those that are there, all or none; return their ids.

        Raises:
            NotFoundError: If there is no such lab.
            StoreError: If the lab would have too many, or too many points in all.
        """
        with self._write() as session:
            # Locked, so that simultaneous additions are counted one after the other.
            lookup.find_lab(session, lab)
            _check_room(session, lab, digits)
            last = session.scalar(_of(lab, func.max(HandwritingRow.place)))
            first = 0 if last is None else last + 1
            rows = [_new_row(lab, place, each) for place, each in enumerate(digits, first)]
            session.add_all(rows)
            return [row.id for row in rows]

    def entries(self, lab: str) -> list[HandwritingEntry]:
        """Return a lab's digits in the order in which they were added."""
        query = _of(lab, HandwritingRow.id, HandwritingRow.label).order_by(HandwritingRow.place)
        with self._read() as session:
            return [HandwritingEntry(digit_id, label) for digit_id, label in session.execute(query)]

    def count(self, lab: str) -> int:
        """Return how many digits a lab has."""
        with self._read() as session:
            return session.scalar(_of(lab, func.count())) or 0

    def digits(self, lab: str, ids: Collection[str]) -> list[LabelledDigit]:
        """Return a lab's digits of these ids, in the order in which they were added.

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

    def relabel(self, lab: str, digit_id: str, label: int) -> None:
        """Change the label of a digit of this lab.

        Raises:
            NotFoundError: If this lab has no such digit.
            HandwritingError: If the label is no digit.
        """
        check_label(label)
        with self._write() as session:
            _lock_own(session, lab, digit_id).label = label

    def delete(self, lab: str, digit_id: str) -> None:
        """Delete a digit of this lab.

        Raises:
            NotFoundError: If this lab has no such digit.
        """
        with self._write() as session:
            session.delete(_lock_own(session, lab, digit_id))

    def delete_all(self, lab: str) -> None:
        """Delete all digits of a lab."""
        with self._write() as session:
            session.execute(delete(HandwritingRow).where(HandwritingRow.lab == lab))


def _of(lab: str, *columns: Any) -> Select[Any]:
    """Select columns, or sums over them, of a lab's digits."""
    return select(*columns).where(HandwritingRow.lab == lab)


def _check_room(session: Session, lab: str, digits: Sequence[LabelledDigit]) -> None:
    sums = _of(lab, func.count(), func.coalesce(func.sum(HandwritingRow.points), 0))
    count, points = session.execute(sums).one()
    if count + len(digits) > MAX_DIGITS:
        raise StoreError(
            f"Your handwriting would have {count + len(digits):,} digits; "
            f"a lab keeps {MAX_DIGITS}.",
            _REMEDY,
        )
    if points + sum(digit.points for digit in digits) > MAX_POINTS_IN_ALL:
        raise StoreError(
            f"Your handwriting would have more than {MAX_POINTS_IN_ALL:,} points in its lines.",
            _REMEDY,
        )


_REMEDY = "Export it, then delete digits that you don't need."


def _lock_own(session: Session, lab: str, digit_id: str) -> HandwritingRow:
    row = session.get(HandwritingRow, digit_id, with_for_update=True)
    if row is None or row.lab != lab:
        raise _missing()
    return row


def _missing() -> NotFoundError:
    return NotFoundError(
        "There is no such digit in your handwriting.", "It may have been deleted; reload the page."
    )


def _new_row(lab: str, place: int, digit: LabelledDigit) -> HandwritingRow:
    kind, content = digit_blob.pack(digit)
    return HandwritingRow(
        id=secrets.token_urlsafe(9),
        lab=lab,
        place=place,
        label=digit.label,
        points=digit.points,
        kind=kind,
        content=content,
        checksum=zlib.crc32(content),
        created_at=datetime.now(UTC),
    )


def _read_row(row: HandwritingRow) -> LabelledDigit:
    if zlib.crc32(row.content) != row.checksum:
        raise StoreError(
            "The disk has damaged a digit of your handwriting.",
            "Delete all your digits, then import the file you exported.",
        )
    return digit_blob.unpack(row.kind, row.label, row.content)
