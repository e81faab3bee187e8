"""A function that tests every row."""

from alembic import op

revision = "observed_scan_under_lock_bad"
down_revision = "observed_scan_under_lock_before"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SELECT require_phone()")


def downgrade() -> None:
    op.execute("ALTER TABLE accounts ALTER phone DROP NOT NULL")
