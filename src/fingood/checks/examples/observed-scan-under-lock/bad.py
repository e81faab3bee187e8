"""NOT NULL inside a block of code: every row is read under ACCESS EXCLUSIVE."""

from alembic import op

revision = "observed_scan_under_lock_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DO $$ BEGIN ALTER TABLE accounts ALTER phone SET NOT NULL; END $$")


def downgrade() -> None:
    op.execute("ALTER TABLE accounts ALTER phone DROP NOT NULL")
