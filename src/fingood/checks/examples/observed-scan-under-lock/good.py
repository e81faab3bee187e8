"""A validated CHECK is proof enough: no row is read."""

from alembic import op

revision = "observed_scan_under_lock_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DO $$ BEGIN ALTER TABLE accounts ALTER email SET NOT NULL; END $$")


def downgrade() -> None:
    op.execute("ALTER TABLE accounts ALTER email DROP NOT NULL")
