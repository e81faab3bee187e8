"""A function that trusts the validated CHECK."""

from alembic import op

revision = "observed_scan_under_lock_good"
down_revision = "observed_scan_under_lock_before"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SELECT require_email()")


def downgrade() -> None:
    op.execute("ALTER TABLE accounts ALTER email DROP NOT NULL")
