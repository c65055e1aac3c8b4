"""A digit of the handwriting can come from a picture, whose strokes nobody knows."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.execute("ALTER TABLE handwriting RENAME COLUMN strokes TO content")
    kind = sa.Column("kind", sa.Text, server_default="strokes", nullable=False)
    op.add_column("handwriting", kind)
