"""A run can be a test of another: that run's settings with one remedy."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    # By hand, since Alembic adds a foreign key in a second statement, which SQLite has not.
    op.execute("ALTER TABLE runs ADD COLUMN explains TEXT REFERENCES runs (id) ON DELETE CASCADE")
    op.execute("ALTER TABLE runs ADD COLUMN remedy TEXT")
    op.create_index("tests_of_a_run", "runs", ["explains", "remedy"], unique=True)
