"""The tables that runs are kept in.

Curves and weights have a table of their own, so that listing runs reads neither.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    DateTime,
    Dialect,
    Double,
    ForeignKey,
    Index,
    LargeBinary,
    Text,
    TypeDecorator,
    false,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from mnistlab.core.run import RunStatus

ACTIVE = [status.value for status in RunStatus if status.is_active]


class _StorableText(TypeDecorator[str]):
    """Text without what some databases refuse: NUL and halves of surrogate pairs."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        return value.encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")


class UtcTime(TypeDecorator[datetime]):
    """A moment. SQLite forgets time zones, so all are written and read as UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment: datetime = value
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


class Table(DeclarativeBase):
    """The base of all tables."""

    type_annotation_map = {  # noqa: RUF012
        str: _StorableText,
        datetime: UtcTime,
        bytes: LargeBinary,
        float: Double,
    }


class SchemaRow(Table):
    """One row: the version of these tables, for servers from before Alembic's migrations."""

    __tablename__ = "schema_version"

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class LabRow(Table):
    """A lab and its unguessable key. `used_at` is written every few minutes at most."""

    __tablename__ = "labs"

    key: Mapped[str] = mapped_column(primary_key=True)
    created_at: Mapped[datetime]
    used_at: Mapped[datetime]


class DrawingRow(Table):
    """A lab's latest drawing."""

    __tablename__ = "drawings"

    lab: Mapped[str] = mapped_column(ForeignKey(LabRow.key, ondelete="CASCADE"), primary_key=True)
    text: Mapped[str]


class HandwritingRow(Table):
    """A labelled digit of a lab's own test set; `digit_blob` has the kinds of content.

    `place` grows with each, `points` is how many its strokes have. `checksum` is as below.
    """

    __tablename__ = "handwriting"

    id: Mapped[str] = mapped_column(primary_key=True)
    lab: Mapped[str] = mapped_column(ForeignKey(LabRow.key, ondelete="CASCADE"))
    place: Mapped[int]
    label: Mapped[int]
    points: Mapped[int]
    content: Mapped[bytes]
    checksum: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(server_default="strokes")

    __table_args__ = (Index("handwriting_of_a_lab", "lab", "place"),)


class RunRow(Table):
    """A run, with the figures that lists show.

    `owner` is the process that trains it, which has a lease until `lease_until`; `attempt`
    counts how often the run was started, and each write names its attempt. An active run is in
    line since `queued_at`, and its scheduler has it since `submitted_at`. `continues` says
    whether it goes on from its checkpoint, `takeovers` how often another server took it over,
    `stop_requested` whether its owner is to stop it. `used_at` is when the run was last viewed,
    to a few minutes. A test names the run that it `explains` and the `remedy`, of which a run
    has one test each.
    """

    __tablename__ = "runs"

    id: Mapped[str] = mapped_column(primary_key=True)
    lab: Mapped[str] = mapped_column(ForeignKey(LabRow.key, ondelete="CASCADE"))
    name: Mapped[str]
    config: Mapped[str]
    status: Mapped[str]
    message: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    owner: Mapped[str]
    lease_until: Mapped[datetime]
    attempt: Mapped[int] = mapped_column(server_default="1")
    queued_at: Mapped[datetime] = mapped_column(server_default="2026-01-01 00:00:00")
    submitted_at: Mapped[datetime | None]
    continues: Mapped[bool] = mapped_column(server_default=false())
    takeovers: Mapped[int] = mapped_column(server_default="0")
    stop_requested: Mapped[bool] = mapped_column(server_default=false())
    used_at: Mapped[datetime]
    seconds: Mapped[float] = mapped_column(default=0.0)
    epochs_done: Mapped[int] = mapped_column(default=0)
    best_epoch: Mapped[int | None]
    validation_accuracy: Mapped[float | None]
    validation_loss: Mapped[float | None]
    test_correct: Mapped[int | None]
    test_total: Mapped[int | None]
    explains: Mapped[str | None] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"))
    remedy: Mapped[str | None]

    __table_args__ = (
        Index("runs_of_a_lab", "lab", "created_at"),
        Index("tests_of_a_run", "explains", "remedy", unique=True),
        Index("runs_by_status", "status"),
    )


class BlobRow(Table):
    """A large part of a run: its curves as JSON, its weights as safetensors.

    `checksum` is the content's CRC-32: a network with damaged weights still predicts, so
    that damage would go unnoticed.
    """

    __tablename__ = "blobs"

    run: Mapped[str] = mapped_column(ForeignKey(RunRow.id, ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[bytes]
    checksum: Mapped[int] = mapped_column(BigInteger)
