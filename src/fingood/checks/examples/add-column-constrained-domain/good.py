"""Accounts get a limit; a new table uses the type that cannot be negative."""

from alembic import op

revision = "constrained_domain_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE DOMAIN positive AS numeric(18, 4) CHECK (VALUE >= 0)")
    op.execute("CREATE TABLE limits (account_id bigint PRIMARY KEY)")
    op.execute("ALTER TABLE limits ADD COLUMN daily positive")
    op.execute("ALTER TABLE accounts ADD COLUMN daily_limit numeric(18, 4)")


def downgrade() -> None:
    op.drop_column("accounts", "daily_limit")
    op.drop_table("limits")
    op.execute("DROP DOMAIN positive")
