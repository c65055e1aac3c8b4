"""A run's server has a lease on it, and each attempt at training it a number."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = None


def upgrade() -> None:
    op.execute("ALTER TABLE runs RENAME COLUMN seen_at TO lease_until")
    op.add_column("runs", sa.Column("attempt", sa.Integer, server_default="1", nullable=False))
