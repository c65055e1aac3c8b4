"""Another server can stop a run, take it over, and see its place in line."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_COLUMNS = (
    sa.Column(
        "queued_at",
        sa.DateTime(timezone=True),
        server_default="2026-01-01 00:00:00",
        nullable=False,
    ),
    sa.Column("submitted_at", sa.DateTime(timezone=True)),
    sa.Column("continues", sa.Boolean, server_default=sa.false(), nullable=False),
    sa.Column("takeovers", sa.Integer, server_default="0", nullable=False),
    sa.Column("stop_requested", sa.Boolean, server_default=sa.false(), nullable=False),
)


def upgrade() -> None:
    for column in _COLUMNS:
        op.add_column("runs", column)
    op.create_index("runs_by_status", "runs", ["status"])
